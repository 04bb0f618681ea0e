package words

import (
	"fmt"
	"time"
)

// Clock writes a running duration as m:ss, or h:mm:ss from an hour on.
func Clock(d time.Duration) string {
	s := max(0, int(d/time.Second))
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// Length writes how long a call was, in the largest unit that says enough.
func (w *Words) Length(d time.Duration) string {
	s := int(d / time.Second)
	switch {
	case s < 60:
		return w.Count("time.seconds", s)
	case s < 3600:
		return w.Count("time.minutes", s/60)
	case s/60%60 == 0:
		return w.Count("time.hours", s/3600)
	}
	return w.Count("time.hours", s/3600) + " " + w.Count("time.minutes", s/60%60)
}

// Moment writes when something was, as short as now allows: the time today,
// yesterday, the day of the week, or the date.
func (w *Words) Moment(t, now time.Time) string {
	t = t.In(now.Location())
	clock := t.Format("15:04")
	days := daysBetween(t, now)
	switch {
	case days == 0:
		return clock
	case days == 1:
		return w.Text("time.yesterday", Args{"time": clock})
	case days > 1 && days < 7:
		return w.Text("time.weekday", Args{"day": w.Text(fmt.Sprintf("day.%d", t.Weekday())), "time": clock})
	}
	return w.date(t, now)
}

// Day writes when something was in a word or two: the time today, else the day.
func (w *Words) Day(t, now time.Time) string {
	t = t.In(now.Location())
	days := daysBetween(t, now)
	switch {
	case days == 0:
		return t.Format("15:04")
	case days == 1:
		return w.Text("day.yesterday")
	case days > 1 && days < 7:
		return w.Text(fmt.Sprintf("day.%d", t.Weekday()))
	}
	return w.date(t, now)
}

// Until writes a moment in the near future: the time today, or with its day.
func (w *Words) Until(t, now time.Time) string {
	t = t.In(now.Location())
	clock := t.Format("15:04")
	switch daysBetween(t, now) {
	case 0:
		return w.Text("time.today", Args{"time": clock})
	case -1:
		return w.Text("time.tomorrow", Args{"time": clock})
	}
	return w.date(t, now)
}

func (w *Words) date(t, now time.Time) string {
	args := Args{
		"d": fmt.Sprint(t.Day()), "m": fmt.Sprint(int(t.Month())), "y": fmt.Sprint(t.Year()),
		"month": w.Text(fmt.Sprintf("month.%d", t.Month())),
	}
	if t.Year() == now.Year() {
		return w.Text("time.date", args)
	}
	return w.Text("time.dateYear", args)
}

// daysBetween counts midnights from t to now; both are in the same location.
func daysBetween(t, now time.Time) int {
	midnight := func(t time.Time) time.Time {
		return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	}
	return int(midnight(now).Sub(midnight(t)) / (24 * time.Hour))
}

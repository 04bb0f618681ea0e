package conn

import "sync"

// queue runs functions in order on the one goroutine that calls run. Putting
// never blocks: what comes is small and bounded by what signaling lets through.
type queue struct {
	mu     sync.Mutex
	tasks  []func()
	wake   chan struct{}
	closed bool
}

func newQueue() *queue { return &queue{wake: make(chan struct{}, 1)} }

// put adds a task. After close it is dropped.
func (q *queue) put(task func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return
	}
	q.tasks = append(q.tasks, task)
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// run runs tasks until one of them calls close. What is queued behind that one
// is dropped.
func (q *queue) run() {
	for range q.wake {
		for {
			task, ok := q.take()
			if !ok {
				break
			}
			task()
		}
		if q.ended() {
			return
		}
	}
}

func (q *queue) take() (task func(), ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed || len(q.tasks) == 0 {
		return nil, false
	}
	task = q.tasks[0]
	q.tasks[0] = nil
	q.tasks = q.tasks[1:]
	return task, true
}

func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.tasks = nil
}

func (q *queue) ended() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.closed
}

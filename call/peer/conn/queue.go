package conn

import "sync"

// Queue runs functions in order on the one goroutine that calls Run. Putting
// never blocks: what comes is small and bounded by what signaling lets through.
type Queue struct {
	mu     sync.Mutex
	tasks  []func()
	wake   chan struct{}
	closed bool
}

// NewQueue returns an empty queue.
func NewQueue() *Queue { return &Queue{wake: make(chan struct{}, 1)} }

// Put adds a task. After Close it is dropped.
func (q *Queue) Put(task func()) {
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

// Run runs tasks until one of them calls Close. What is queued behind that one
// is dropped.
func (q *Queue) Run() {
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

func (q *Queue) take() (task func(), ok bool) {
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

// Close drops what is queued and lets Run return.
func (q *Queue) Close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.tasks = nil
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

func (q *Queue) ended() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.closed
}

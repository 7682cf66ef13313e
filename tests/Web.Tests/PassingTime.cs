namespace ImageBackend.Web.Tests;

/// <summary>Real time, plus as much as a test lets pass in one go. Its timers notice.</summary>
/// <remarks>Not a FakeTimeProvider, which lets no real time pass: the service under test waits for real things as well.</remarks>
/// <param name="stands">Whether no time passes except what the test lets pass.</param>
internal sealed class PassingTime(bool stands = false) : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<PassingTimer> _timers = [];
    private readonly long _start = System.GetTimestamp();
    private readonly bool _stands = stands;
    private TimeSpan _passed;

    public void Pass(TimeSpan time)
    {
        PassingTimer[] timers;
        lock (_gate)
        {
            _passed += time;
            timers = [.. _timers];
        }

        foreach (PassingTimer timer in timers)
        {
            timer.Notice();
        }
    }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Passed;

    // In whole ticks: with fractions, a test that waits for exactly that long would see a little less.
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => (_stands ? TimeSpan.Zero : System.GetElapsedTime(_start)).Ticks + Passed.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        PassingTimer timer = new(this, callback, state);
        lock (_gate)
        {
            _timers.Add(timer);
        }

        timer.Change(dueTime, period);
        return timer;
    }

    private TimeSpan Passed
    {
        get
        {
            lock (_gate)
            {
                return _passed;
            }
        }
    }

    private sealed class PassingTimer : ITimer
    {
        private readonly Lock _gate = new();
        private readonly PassingTime _time;
        private readonly ITimer _real;
        private long _setAt;
        private TimeSpan _due = Timeout.InfiniteTimeSpan;
        private TimeSpan _period;

        public PassingTimer(PassingTime time, TimerCallback callback, object? state)
        {
            _time = time;
            _real = System.CreateTimer(_ => Fire(callback, state), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (_gate)
            {
                (_setAt, _due, _period) = (_time.GetTimestamp(), dueTime, period);
                return Arm(dueTime);
            }
        }

        public void Notice()
        {
            lock (_gate)
            {
                if (_due != Timeout.InfiniteTimeSpan)
                {
                    TimeSpan left = _due - _time.GetElapsedTime(_setAt);
                    Arm(left > TimeSpan.Zero ? left : TimeSpan.Zero);
                }
            }
        }

        public void Dispose()
        {
            lock (_time._gate)
            {
                _time._timers.Remove(this);
            }

            _real.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Fire(TimerCallback callback, object? state)
        {
            lock (_gate)
            {
                (_setAt, _due) = (_time.GetTimestamp(), _period > TimeSpan.Zero ? _period : Timeout.InfiniteTimeSpan);
            }

            callback(state);
        }

        // While time stands still, only what is due immediately may fire.
        private bool Arm(TimeSpan due) => _real.Change(_time._stands && due > TimeSpan.Zero ? Timeout.InfiniteTimeSpan : due, _time._stands ? Timeout.InfiniteTimeSpan : _period);
    }
}

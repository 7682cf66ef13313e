using ImageBackend.Simulation.Tests.Engine;

namespace ImageBackend.Simulation.Tests.Processes;

/// <summary>The time as one process sees it: its machine's clock may differ by minutes, and its timers die with it.</summary>
internal sealed class ProcessTime(SimulatedClock clock, TimeSpan skew, SimulatedProcess process) : TimeProvider
{
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => clock.Now + skew;

    public override long GetTimestamp() => clock.Elapsed.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new Timer(clock, clock.Add(dueTime, period, () =>
        {
            if (process.IsAlive)
            {
                callback(state);
            }
        }));

    private sealed class Timer(SimulatedClock clock, SimulatedClock.Alarm alarm) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            clock.Change(alarm, dueTime, period);
            return true;
        }

        public void Dispose() => clock.Remove(alarm);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

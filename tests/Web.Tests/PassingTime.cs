namespace ImageBackend.Web.Tests;

/// <summary>The real time, and as much more as a test lets pass at once. Timers do not notice.</summary>
internal sealed class PassingTime : TimeProvider
{
    private TimeSpan _passed;

    public void Pass(TimeSpan time) => _passed += time;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _passed;

    public override long GetTimestamp() => base.GetTimestamp() + (long)(_passed.TotalSeconds * TimestampFrequency);
}

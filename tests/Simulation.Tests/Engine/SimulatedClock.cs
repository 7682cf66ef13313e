namespace ImageBackend.Simulation.Tests.Engine;

/// <summary>Time that passes only when it is told to. The wall clock can be set, which no timer notices.</summary>
internal sealed class SimulatedClock
{
    private static readonly DateTimeOffset Start = new(2026, 6, 1, 12, 20, 0, TimeSpan.Zero);

    private readonly List<Alarm> _alarms = [];
    private TimeSpan _set;
    private long _count;

    /// <summary>Since the simulation began; it never goes back.</summary>
    public TimeSpan Elapsed { get; private set; }

    public DateTimeOffset Now => Start + Elapsed + _set;

    /// <summary>The latest time that was ever read from the wall.</summary>
    public DateTimeOffset Latest { get; private set; } = Start;

    /// <summary>Sets the wall clock forward or back.</summary>
    public void Set(TimeSpan difference)
    {
        _set += difference;
        Latest = Latest > Now ? Latest : Now;
    }

    /// <summary>Lets time pass. Whatever is due in it happens at its end, a periodic timer once: as on a machine that slept.</summary>
    public void Pass(TimeSpan time)
    {
        Elapsed += time;
        Latest = Latest > Now ? Latest : Now;
        foreach (Alarm due in _alarms.Where(alarm => alarm.Due <= Elapsed).OrderBy(alarm => alarm.Due).ThenBy(alarm => alarm.Number).ToArray())
        {
            Ring(due);
        }
    }

    /// <summary>Lets time pass until the next timer is due.</summary>
    /// <returns>Whether there is one.</returns>
    public bool PassToNext()
    {
        Alarm? next = null;
        foreach (Alarm alarm in _alarms)
        {
            next = next is null || alarm.Due < next.Due || (alarm.Due == next.Due && alarm.Number < next.Number) ? alarm : next;
        }

        if (next is null)
        {
            return false;
        }

        Elapsed = next.Due > Elapsed ? next.Due : Elapsed;
        Latest = Latest > Now ? Latest : Now;
        Ring(next);
        return true;
    }

    /// <param name="period">Infinite: it rings once.</param>
    public Alarm Add(TimeSpan due, TimeSpan period, Action action)
    {
        Alarm alarm = new(_count++, period, action) { Due = Elapsed + due };
        if (due != Timeout.InfiniteTimeSpan)
        {
            _alarms.Add(alarm);
        }

        return alarm;
    }

    public void Change(Alarm alarm, TimeSpan due, TimeSpan period)
    {
        Remove(alarm);
        (alarm.Due, alarm.Period) = (Elapsed + due, period);
        if (due != Timeout.InfiniteTimeSpan)
        {
            _alarms.Add(alarm);
        }
    }

    public void Remove(Alarm alarm) => _alarms.Remove(alarm);

    private void Ring(Alarm alarm)
    {
        if (alarm.Period > TimeSpan.Zero)
        {
            alarm.Due = Elapsed + alarm.Period;
        }
        else if (!_alarms.Remove(alarm))
        {
            return; // another one that rang just now has removed it
        }

        alarm.Action();
    }

    internal sealed class Alarm(long number, TimeSpan period, Action action)
    {
        public long Number => number;

        public TimeSpan Due { get; set; }

        public TimeSpan Period { get; set; } = period;

        public Action Action => action;
    }
}

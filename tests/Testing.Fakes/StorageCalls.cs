using ImageBackend.Application.Abstractions;

namespace ImageBackend.Testing;

/// <summary>When a call that is meant to fail does so.</summary>
public enum FaultMode
{
    /// <summary>It fails and does nothing.</summary>
    BeforeEffect,

    /// <summary>It does all of its work, but the answer is lost.</summary>
    AfterEffect,
}

/// <summary>Counts the calls of all storages that share it and makes them fail from a chosen one on.</summary>
public sealed class StorageCalls
{
    private readonly Lock _gate = new();
    private readonly List<string> _log = [];
    private int? _failAt;
    private FaultMode _mode;
    private bool _once;
    private bool _isCutOff;

    /// <summary>Every call in the order of its start, such as <c>incoming put 1_2.jpg</c>, including those that failed.</summary>
    public IReadOnlyList<string> Log
    {
        get
        {
            lock (_gate)
            {
                return [.. _log];
            }
        }
    }

    public int Count => Log.Count;

    /// <summary>Whether the chosen call has come.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Runs before a call takes effect, with its line of the log; an exception becomes the call's fault.</summary>
    public Func<string, Task>? BeforeCall { get; set; }

    /// <summary>
    /// The n-th call from now on fails, and so does every later one until <see cref="Heal"/>: as if the process ended there.
    /// </summary>
    public void CutOffAt(int n, FaultMode mode = FaultMode.BeforeEffect) => FailAt(n, mode, once: false);

    /// <summary>Only the n-th call from now on fails.</summary>
    public void FailOnceAt(int n, FaultMode mode = FaultMode.BeforeEffect) => FailAt(n, mode, once: true);

    public void Heal()
    {
        lock (_gate)
        {
            (_failAt, _isCutOff, HasFailed) = (null, false, false);
        }
    }

    internal async Task<T> RunAsync<T>(string storage, string call, Func<Task<T>> work)
    {
        bool fails = Enter(storage, call);
        if (BeforeCall is { } hook)
        {
            await hook($"{storage} {call}");
        }

        T result = await work();
        if (!fails)
        {
            return result;
        }

        if (result is IAsyncDisposable opened)
        {
            await opened.DisposeAsync();
        }

        throw Fault(storage);
    }

    private static StorageException Fault(string storage) => new(storage, "cut off.");

    private void FailAt(int n, FaultMode mode, bool once)
    {
        lock (_gate)
        {
            (_failAt, _mode, _once, _isCutOff, HasFailed) = (_log.Count + n, mode, once, false, false);
        }
    }

    /// <returns>Whether the call fails once its work is done.</returns>
    private bool Enter(string storage, string call)
    {
        lock (_gate)
        {
            _log.Add($"{storage} {call}");
            if (_isCutOff)
            {
                throw Fault(storage);
            }

            if (_log.Count != _failAt)
            {
                return false;
            }

            HasFailed = true;
            _isCutOff = !_once;
            return _mode == FaultMode.AfterEffect ? true : throw Fault(storage);
        }
    }
}

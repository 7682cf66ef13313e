namespace ImageBackend.Simulation.Tests.Engine;

/// <summary>The steps of one simulation, one of which is done at a time.</summary>
internal sealed class Scheduler(Choices choices)
{
    private readonly List<IStep> _waiting = [];
    private readonly int _thread = Environment.CurrentManagedThreadId;

    /// <summary>Steps done so far.</summary>
    public int Steps { get; private set; }

    public bool IsQuiet => _waiting.Count == 0;

    /// <exception cref="InvalidOperationException">Something left the simulation for the thread pool, where nothing is determined.</exception>
    public void Add(IStep step)
    {
        if (Environment.CurrentManagedThreadId != _thread)
        {
            throw new InvalidOperationException($"{step} comes from another thread.");
        }

        _waiting.Add(step);
    }

    public void Forget() => _waiting.RemoveAll(step => !step.IsAlive);

    /// <summary>Does one of the waiting steps, or begins something new.</summary>
    /// <param name="beginnings">What could begin.</param>
    /// <returns>Whether there was anything to do.</returns>
    public bool RunOne(IReadOnlyList<IStep> beginnings)
    {
        int count = _waiting.Count + beginnings.Count;
        if (count == 0)
        {
            return false;
        }

        int choice = choices.Next(count);
        IStep step;
        if (choice < _waiting.Count)
        {
            int index = _waiting.Count - 1 - choice;
            step = _waiting[index];
            _waiting.RemoveAt(index);
        }
        else
        {
            step = beginnings[choice - _waiting.Count];
        }

        Steps++;
        if (step.IsAlive)
        {
            step.Run();
        }

        return true;
    }
}

namespace ImageBackend.Simulation.Tests.Engine;

/// <summary>Something that waits to be done next.</summary>
internal interface IStep
{
    /// <summary>Whether it can still be done: what a dead process was about to do is never done.</summary>
    bool IsAlive { get; }

    void Run();
}

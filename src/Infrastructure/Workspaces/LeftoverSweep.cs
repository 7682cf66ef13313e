namespace ImageBackend.Infrastructure.Workspaces;

/// <summary>Removes what processes that were killed left half-done. Run by each host at its start; living processes are not disturbed.</summary>
public sealed class LeftoverSweep
{
    private readonly IReadOnlyList<Func<int>> _sweeps;

    internal LeftoverSweep(IReadOnlyList<Func<int>> sweeps) => _sweeps = sweeps;

    /// <returns>How many files and folders were removed.</returns>
    /// <exception cref="IOException">A folder can't be read.</exception>
    public int Run() => _sweeps.Sum(sweep => sweep());
}

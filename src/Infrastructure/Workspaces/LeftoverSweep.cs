using ImageBackend.Infrastructure.Files;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Infrastructure.Workspaces;

/// <summary>Removes what processes that were killed left half-done. Run by each host at its start; living processes are not disturbed.</summary>
public sealed class LeftoverSweep
{
    private readonly IReadOnlyList<Func<Swept>> _sweeps;
    private readonly ILogger<LeftoverSweep> _logger;

    internal LeftoverSweep(IReadOnlyList<Func<Swept>> sweeps, ILogger<LeftoverSweep> logger) => (_sweeps, _logger) = (sweeps, logger);

    /// <returns>What can't be removed is logged, and keeps nobody from starting.</returns>
    public Swept Run()
    {
        Swept swept = _sweeps.Aggregate(Swept.Nothing, (all, sweep) => all + sweep());
        if (swept.Removed > 0)
        {
            _logger.LogInformation("Removed {Count} leftovers of processes that were cut off", swept.Removed);
        }

        if (swept.Stuck > 0)
        {
            _logger.LogWarning("{Count} leftovers of processes that were cut off can't be removed, the first of them for: {Reason}", swept.Stuck, swept.Trouble);
        }

        return swept;
    }
}

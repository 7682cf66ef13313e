using ImageBackend.Infrastructure.Files;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Infrastructure.Workspaces;

/// <summary>Removes what killed processes left half-done. Each host runs it at its start; running processes are not disturbed.</summary>
public sealed class LeftoverSweep
{
    private readonly IReadOnlyList<Func<Swept>> _sweeps;
    private readonly ILogger<LeftoverSweep> _logger;

    internal LeftoverSweep(IReadOnlyList<Func<Swept>> sweeps, ILogger<LeftoverSweep> logger) => (_sweeps, _logger) = (sweeps, logger);

    /// <returns>Whatever can't be removed is logged and does not prevent the start.</returns>
    public Swept Run()
    {
        Swept swept = _sweeps.Aggregate(Swept.Nothing, (all, sweep) => all + sweep());
        if (swept.Removed > 0)
        {
            _logger.LogInformation("Removed {Count} leftovers of interrupted processes", swept.Removed);
        }

        if (swept.Stuck > 0)
        {
            _logger.LogWarning("{Count} leftovers of interrupted processes can't be removed; the first because of: {Reason}", swept.Stuck, swept.Trouble);
        }

        return swept;
    }
}

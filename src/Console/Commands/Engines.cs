using ImageBackend.Cli.Batches;
using ImageBackend.Cli.Batches.Fleet;
using ImageBackend.Cli.Batches.Local;
using ImageBackend.Infrastructure.Composition;
using ImageBackend.Infrastructure.Configuration;
using ImageBackend.Infrastructure.Fleet;

namespace ImageBackend.Cli.Commands;

/// <summary>All engines: this process, or the brokers of <see cref="FleetBrokers"/>.</summary>
internal static class Engines
{
    /// <summary>The names that --engine takes; the first one is the default.</summary>
    public static IReadOnlyList<string> Names { get; } = ["local", .. FleetBrokers.Names];

    /// <returns>What the machines share; the caller disposes it.</returns>
    /// <exception cref="SettingsException">There is no database for that.</exception>
    public static FleetParts OpenParts(FleetSettings settings, string? engine = null)
    {
        FleetDatabase database = new(settings.RequiredDatabase);
        return new FleetParts(database, settings, FleetBrokers.Open(engine ?? FleetBrokers.Names[0], database, settings));
    }

    /// <summary>Carries out a batch by the engine that was chosen.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(Batch batch, BatchChoices choices, BatchHost host, BackendSettings settings)
    {
        if (choices.Engine is null)
        {
            return await new LocalEngine(host).RunAsync(batch, choices);
        }

        await using FleetParts parts = OpenParts(settings.Fleet, choices.Engine);
        return await new FleetEngine(parts, host, RunSettings.Of(settings, batch.ReadsOldSite)).RunAsync(batch, choices);
    }
}

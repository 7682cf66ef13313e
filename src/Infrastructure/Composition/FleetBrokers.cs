using ImageBackend.Infrastructure.Fleet;
using ImageBackend.Infrastructure.Fleet.Hangfire;

namespace ImageBackend.Infrastructure.Composition;

/// <summary>All brokers by their names. Another one is a folder with its <see cref="IFleetBroker"/>, and a line here.</summary>
public static class FleetBrokers
{
    private static readonly Dictionary<string, Func<FleetDatabase, FleetSettings, IFleetBroker>> All = new()
    {
        ["hangfire"] = (database, settings) => new HangfireBroker(database, settings.LostAfter),
    };

    public static IReadOnlyList<string> Names { get; } = [.. All.Keys];

    /// <param name="name">One of <see cref="Names"/>.</param>
    public static IFleetBroker Open(string name, FleetDatabase database, FleetSettings settings) => All[name](database, settings);
}

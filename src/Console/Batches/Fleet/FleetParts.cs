using ImageBackend.Infrastructure.Fleet;

namespace ImageBackend.Cli.Batches.Fleet;

/// <summary>What all that several machines share is reached by.</summary>
internal sealed class FleetParts(FleetDatabase database, FleetSettings settings, IFleetBroker broker) : IAsyncDisposable
{
    public FleetDatabase Database { get; } = database;

    public FleetSettings Settings { get; } = settings;

    public IFleetBroker Broker { get; } = broker;

    public RunLedger Runs { get; } = new(database);

    public ChunkLedger Chunks { get; } = new(database, settings.LostAfter);

    public ValueTask DisposeAsync() => Database.DisposeAsync();
}

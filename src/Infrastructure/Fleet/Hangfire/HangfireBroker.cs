using Hangfire;
using Hangfire.Common;
using Hangfire.PostgreSql;
using Hangfire.States;
using Hangfire.Storage;
using Npgsql;

namespace ImageBackend.Infrastructure.Fleet.Hangfire;

/// <summary>Chunks and images as jobs of Hangfire, in the database of the ledger.</summary>
public sealed class HangfireBroker : IFleetBroker
{
    private readonly FleetDatabase _database;
    private readonly PostgreSqlStorage _storage;
    private readonly BackgroundJobClient _client;
    private readonly IMonitoringApi _monitor;
    private readonly TimeSpan _lostAfter;

    /// <param name="lostAfter">A worker that was not heard of for so long is lost.</param>
    public HangfireBroker(FleetDatabase database, TimeSpan lostAfter)
    {
        (_database, _lostAfter) = (database, lostAfter);
        _storage = HangfireTables.Open(database, lostAfter);
        _client = new BackgroundJobClient(_storage);
        _monitor = _storage.GetMonitoringApi();
    }

    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await _database.OpenAloneAsync(cancellationToken);
        await Task.Run(() => PostgreSqlObjectsInstaller.Install(connection, HangfireTables.Schema), cancellationToken);
    }

    public Task SubmitAsync(string queue, ChunkRef chunk, CancellationToken cancellationToken) =>
        SubmitAsync(queue, Job.FromExpression<ChunkJob>(job => job.RunAsync(chunk.Run, chunk.Number, CancellationToken.None)), cancellationToken);

    public Task SubmitAsync(string queue, IReadOnlyList<string> keys, CancellationToken cancellationToken) =>
        SubmitAsync(queue, Job.FromExpression<ImagesJob>(job => job.RunAsync(keys.ToArray(), CancellationToken.None)), cancellationToken);

    public Task<long> CountWaitingAsync(string queue, CancellationToken cancellationToken) => CallAsync(() => _monitor.EnqueuedCount(queue), cancellationToken);

    // One chunk at a time: whatever kills a worker is in that one, and has no neighbours.
    public Task ServeChunksAsync(string worker, IReadOnlyList<string> queues, Func<ChunkRef, CancellationToken, Task> work, CancellationToken cancellationToken) =>
        ServeAsync(worker, queues, atOnce: 1, new ChunkJob(work), cancellationToken);

    public Task ServeImagesAsync(string worker, string queue, int atOnce, Func<string, Task> work, CancellationToken cancellationToken) =>
        ServeAsync(worker, [queue], atOnce, new ImagesJob(work), cancellationToken);

    private Task<string> SubmitAsync(string queue, Job job, CancellationToken cancellationToken) =>
        CallAsync(() => _client.Create(job, new EnqueuedState(queue)), cancellationToken);

    private async Task ServeAsync(string worker, IReadOnlyList<string> queues, int atOnce, object job, CancellationToken cancellationToken)
    {
        BackgroundJobServerOptions options = new()
        {
            ServerName = worker,
            Queues = [.. queues],
            WorkerCount = atOnce,
            Activator = new OneActivator(job),
            HeartbeatInterval = _lostAfter / 4,
            ServerTimeout = _lostAfter,
            ServerCheckInterval = _lostAfter,
            StopTimeout = Timeout.InfiniteTimeSpan,
            ShutdownTimeout = Timeout.InfiniteTimeSpan,
        };
        using BackgroundJobServer server = new(options, _storage);
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            server.SendStop();
            await server.WaitForShutdownAsync(CancellationToken.None);
        }
    }

    // Hangfire's client is synchronous.
    private static async Task<T> CallAsync<T>(Func<T> call, CancellationToken cancellationToken)
    {
        try
        {
            return await Task.Run(call, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new FleetException($"The queue of batches can't be used now: {exception.GetBaseException().Message.ReplaceLineEndings(" ")}", isTransient: true, exception);
        }
    }

    private sealed class OneActivator(object job) : JobActivator
    {
        public override object ActivateJob(Type jobType) => job;
    }
}

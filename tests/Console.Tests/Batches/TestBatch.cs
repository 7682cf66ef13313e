using System.Collections.Concurrent;
using ImageBackend.Cli.Batches;
using ImageBackend.Cli.Batches.Local;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Storage;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace ImageBackend.Cli.Tests.Batches;

/// <summary>The real runner over items that are numbers, or whatever a test provides.</summary>
internal sealed class TestBatch : IDisposable
{
    // Without waiting, but with as many tries as in production.
    private static readonly TimeSpan[] NoPauses = [.. BackOff.AMinute.Select(_ => TimeSpan.Zero)];

    private readonly ServiceProvider _services =
        new ServiceCollection().AddTransient<ServiceFactory>(provider => provider.GetRequiredService).AddTransient<IMediator, Mediator>().BuildServiceProvider();

    public CollectingScreen Screen { get; } = new();

    public Interrupts Interrupts { get; } = new();

    public BatchChoices Choices { get; init; } = new() { Jobs = 4 };

    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>Instead of <see cref="Keys"/>.</summary>
    public Func<CancellationToken, IAsyncEnumerable<string>>? Stream { get; init; }

    public IReadOnlyList<TimeSpan> Pauses { get; init; } = NoPauses;

    /// <summary>Whether <see cref="Begun"/> is recorded; a queue of a million may grow, even if it is emptied while it is filled.</summary>
    public bool Remembers { get; init; } = true;

    /// <summary>Keys in the order in which work on them began; a key that is retried appears again.</summary>
    public ConcurrentQueue<string> Begun { get; } = new();

    public Task<int> RunAsync(Func<string, ItemResult> work) => RunAsync((key, _) => Task.FromResult(work(key)));

    public Task<int> RunAsync(Func<string, CancellationToken, Task<ItemResult>> work)
    {
        Batch batch = new("test", Stream ?? (_ => Keys.ToAsyncEnumerable()), new TestWork(this, work)) { Conclusion = counts => counts.Select(one => $"{one.Key}: {one.Value}") };
        BatchHost host = new(_services.GetRequiredService<IServiceScopeFactory>(), Screen, Interrupts, TimeProvider.System);
        return new LocalEngine(host, Pauses).RunAsync(batch, Choices);
    }

    public static IReadOnlyList<string> Numbers(int count) => [.. Enumerable.Range(1, count).Select(number => $"{number}_1.jpg")];

    public void Dispose()
    {
        Interrupts.Dispose();
        _services.Dispose();
    }

    private sealed class TestWork(TestBatch batch, Func<string, CancellationToken, Task<ItemResult>> work) : IBatchWork
    {
        public async Task<ItemResult> WorkAsync(IMediator mediator, ImageKey key, CancellationToken cancellationToken)
        {
            if (batch.Remembers)
            {
                batch.Begun.Enqueue(key.ToString());
            }

            await Task.Yield();
            return await work(key.ToString(), cancellationToken);
        }
    }
}

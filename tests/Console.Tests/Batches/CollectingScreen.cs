using System.Collections.Concurrent;
using ImageBackend.Cli.Batches;

namespace ImageBackend.Cli.Tests.Batches;

/// <summary>Keeps what a batch prints.</summary>
internal sealed class CollectingScreen : IBatchScreen
{
    private readonly ConcurrentQueue<string> _said = new();
    private readonly ConcurrentQueue<string> _troubles = new();

    public IReadOnlyList<string> Said => [.. _said];

    public IReadOnlyList<string> Troubles => [.. _troubles];

    public BatchFigures? Last { get; private set; }

    public void WriteLine(string line) => _said.Enqueue(line);

    public void WriteError(string line) => _troubles.Enqueue(line);

    public void Advance(BatchFigures figures) => Last = figures;

    public Task ShowAsync(Func<BatchFigures> figures, Task work) => work;
}

namespace ImageBackend.Cli.Batches;

/// <summary>Where a batch shows its progress. Safe to call from several threads.</summary>
internal interface IBatchScreen
{
    /// <summary>Writes something that belongs to the output.</summary>
    void WriteLine(string line);

    /// <summary>Writes what went wrong.</summary>
    void WriteError(string line);

    /// <summary>Some more items are settled.</summary>
    void Advance(BatchFigures figures);

    /// <summary>Shows progress while the work runs.</summary>
    Task ShowAsync(Func<BatchFigures> figures, Task work);
}

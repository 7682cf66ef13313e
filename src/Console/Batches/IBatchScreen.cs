namespace ImageBackend.Cli.Batches;

/// <summary>Where a batch shows how far it is. Safe to call from several threads.</summary>
internal interface IBatchScreen
{
    /// <summary>Says something that belongs to the output.</summary>
    void WriteLine(string line);

    /// <summary>Says what went wrong.</summary>
    void WriteError(string line);

    /// <summary>One more item is settled.</summary>
    void Advance(BatchFigures figures);

    /// <summary>Shows progress while the work runs.</summary>
    Task ShowAsync(Func<BatchFigures> figures, Task work);
}

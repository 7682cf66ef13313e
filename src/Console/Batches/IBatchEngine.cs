namespace ImageBackend.Cli.Batches;

/// <summary>Where a batch is carried out: in this process, or by several machines.</summary>
internal interface IBatchEngine
{
    /// <returns>The exit code.</returns>
    /// <exception cref="Hosting.UsageException">The choices can't be carried out.</exception>
    Task<int> RunAsync(Batch batch, BatchChoices choices);
}

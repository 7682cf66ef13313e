namespace ImageBackend.Cli.Batches;

/// <summary>Lines, for pipes and logs: one per <paramref name="every"/> items.</summary>
internal sealed class PlainScreen(TextWriter output, TextWriter errors, int every) : IBatchScreen
{
    private readonly TextWriter _output = TextWriter.Synchronized(output);
    private readonly TextWriter _errors = TextWriter.Synchronized(errors);

    public void WriteLine(string line) => _output.WriteLine(line);

    public void WriteError(string line) => _errors.WriteLine(line);

    public void Advance(BatchFigures figures)
    {
        if (figures.Done % every == 0)
        {
            WriteLine(figures.ToLine());
        }
    }

    public Task ShowAsync(Func<BatchFigures> figures, Task work) => work;
}

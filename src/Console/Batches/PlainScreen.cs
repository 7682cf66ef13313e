namespace ImageBackend.Cli.Batches;

/// <summary>Lines, for pipes and logs: one whenever another <paramref name="every"/> items are done.</summary>
internal sealed class PlainScreen(TextWriter output, TextWriter errors, int every) : IBatchScreen
{
    private readonly TextWriter _output = TextWriter.Synchronized(output);
    private readonly TextWriter _errors = TextWriter.Synchronized(errors);
    private long _line;

    public void WriteLine(string line) => _output.WriteLine(line);

    public void WriteError(string line) => _errors.WriteLine(line);

    public void Advance(BatchFigures figures)
    {
        long line = figures.Done / every;
        long before = Interlocked.Read(ref _line);
        if (line > before && Interlocked.CompareExchange(ref _line, line, before) == before)
        {
            WriteLine(figures.ToLine());
        }
    }

    public Task ShowAsync(Func<BatchFigures> figures, Task work) => work;
}

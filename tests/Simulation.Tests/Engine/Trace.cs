using System.Runtime.CompilerServices;
using System.Text;

namespace ImageBackend.Simulation.Tests.Engine;

/// <summary>What happened, line by line. Costs nothing unless somebody wants it.</summary>
internal sealed class Trace(bool isKept)
{
    private readonly StringBuilder _lines = new();

    public bool IsKept => isKept;

    public void Add([InterpolatedStringHandlerArgument("")] ref Line line)
    {
        if (isKept)
        {
            _lines.AppendLine();
        }
    }

    public override string ToString() => _lines.ToString();

    /// <summary>Formats nothing if nothing is kept.</summary>
    [InterpolatedStringHandler]
    internal readonly ref struct Line
    {
        private readonly Trace _trace;

        public Line(int literalLength, int formattedCount, Trace trace, out bool isWanted)
        {
            _ = (literalLength, formattedCount);
            _trace = trace;
            isWanted = trace.IsKept;
        }

        public void AppendLiteral(string text) => _trace._lines.Append(text);

        public void AppendFormatted<T>(T value) => _trace._lines.Append(value);
    }
}

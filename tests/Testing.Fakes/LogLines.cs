using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Testing;

/// <summary>What was logged.</summary>
public sealed class LogLines
{
    private readonly ConcurrentQueue<string> _lines = new();

    /// <summary>Each with its level: <c>Information UploadImage took 3 ms</c>.</summary>
    public IReadOnlyList<string> All => [.. _lines];

    internal void Add(string line) => _lines.Enqueue(line);
}

/// <summary>Writes to <see cref="LogLines"/>.</summary>
public sealed class LineLogger<T>(LogLines lines) : ILogger<T>
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        lines.Add($"{logLevel} {formatter(state, exception)}");
}

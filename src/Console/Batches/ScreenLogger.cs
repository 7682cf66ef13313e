using Microsoft.Extensions.Logging;

namespace ImageBackend.Cli.Batches;

/// <summary>Writes warnings of all parts to the screen of a batch; with <see cref="ScreenLog.IsVerbose"/>, information too.</summary>
internal sealed class ScreenLogger<T>(ScreenLog log) : ILogger<T>
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= (log.IsVerbose ? LogLevel.Information : LogLevel.Warning);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            log.Screen.WriteError(formatter(state, exception));
        }
    }
}

internal sealed record ScreenLog(IBatchScreen Screen, bool IsVerbose);

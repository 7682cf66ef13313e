using Microsoft.Extensions.Logging;

namespace ImageBackend.Cli.Batches;

/// <summary>Puts warnings of all parts onto the screen of a batch; with <see cref="ScreenLog.IsVerbose"/> what informs too.</summary>
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

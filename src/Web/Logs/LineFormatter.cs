using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace ImageBackend.Web.Logs;

/// <summary>One line per entry: time, level, message, then the request and the image that it is about, in brackets. An exception follows in lines of its own.</summary>
/// <param name="time">Of the entries.</param>
internal sealed class LineFormatter(TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "line";

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        string message = logEntry.Formatter(logEntry.State, logEntry.Exception);
        textWriter.Write($"{time.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ} {NameOf(logEntry.LogLevel)} ");
        textWriter.Write(message.ReplaceLineEndings(" "));
        string about = string.Join(' ', new[] { ValueOf(scopeProvider, "RequestId"), ValueOf(scopeProvider, "Key") }.OfType<string>().Distinct());
        textWriter.WriteLine(about.Length > 0 ? $" [{about}]" : "");
        if (logEntry.Exception is { } exception)
        {
            textWriter.WriteLine(exception.ToString());
        }
    }

    private static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce",
        LogLevel.Debug => "dbug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        _ => "crit",
    };

    // The innermost wins: one request may be about an image that it makes of another.
    private static string? ValueOf(IExternalScopeProvider? scopes, string name)
    {
        string? value = null;
        scopes?.ForEachScope(
            (scope, _) =>
            {
                if (scope is IEnumerable<KeyValuePair<string, object?>> facts && facts.FirstOrDefault(fact => fact.Key == name).Value is { } found)
                {
                    value = found.ToString();
                }
            },
            0);
        return value;
    }
}

using System.Diagnostics;
using ImageBackend.Domain;

namespace ImageBackend.Web.Logs;

/// <summary>Logs each HTTP request in one line, once it is answered; those that only ask whether the service is up, at level Debug.</summary>
internal static class RequestLog
{
    private static readonly object CodeItem = new();
    private static readonly object ImageItem = new();

    public static async Task LogAsync(HttpContext context, RequestDelegate next)
    {
        long began = Stopwatch.GetTimestamp();
        try
        {
            await next(context);
        }
        finally
        {
            // Also if the answer breaks off: nothing else says so.
            Log(context, Stopwatch.GetElapsedTime(began));
        }
    }

    private static void Log(HttpContext context, TimeSpan time)
    {
        ILogger logger = context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(RequestLog));
        // As it would stand in an address: a client can put no line break here, and the query string may have a secret.
        string path = context.Request.PathBase.Add(context.Request.Path).ToUriComponent();
        bool isProbe = path.EndsWith("/ping", StringComparison.Ordinal) || path.EndsWith("/health/live", StringComparison.Ordinal) || path.EndsWith("/health/ready", StringComparison.Ordinal);
        string outcome = string.Concat(Text(CodeItem), Text(ImageItem));
        logger.Log(
            isProbe ? LogLevel.Debug : LogLevel.Information,
            "{Method} {Path} {Status}{Outcome} in {Milliseconds:0} ms",
            context.Request.Method,
            path,
            context.Response.StatusCode,
            outcome,
            time.TotalMilliseconds);

        string Text(object key) => context.Items.TryGetValue(key, out object? value) ? $" {value}" : "";
    }

    /// <param name="code">Of the error that is answered.</param>
    public static void NoteCode(this HttpContext context, string code) => context.Items[CodeItem] = code;

    /// <summary>Names the image that the request is about; of one that makes another, both.</summary>
    public static void NoteImage(this HttpContext context, ImageKey key) =>
        context.Items[ImageItem] = context.Items.TryGetValue(ImageItem, out object? old) ? $"{old} -> {key}" : key;

    /// <param name="name">As the client gave it; ignored if it is not a key.</param>
    public static void NoteImage(this HttpContext context, string? name)
    {
        if (ImageKey.TryParse(name, out ImageKey? key))
        {
            context.NoteImage(key);
        }
    }
}

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Testing;

/// <summary>What happens to a call that is meant to fail.</summary>
public enum S3Fault
{
    InternalError,
    SlowDown,

    /// <summary>The connection ends before the server has received the call.</summary>
    ResetBefore,

    /// <summary>The server has done it, but the connection ends instead of an answer.</summary>
    ResetAfter,

    /// <summary>The server does it, but the answer comes too late.</summary>
    Delay,

    /// <summary>The answer breaks off in its middle.</summary>
    Truncated,

    /// <summary>A copy is answered 200, with an error in the body; anything else 500.</summary>
    ErrorIn200,

    /// <summary>Nothing is done, and the answer is that it was done.</summary>
    Dropped,

    /// <summary>It is done, and will be done again: see <see cref="FaultProxy.SendKeptAsync"/>.</summary>
    Repeated,

    /// <summary>The connection ends; it will be done later, when nobody waits for it: see <see cref="FaultProxy.SendKeptAsync"/>.</summary>
    Postponed,
}

/// <summary>One call that went through, in ticks of <see cref="Stopwatch"/>.</summary>
public sealed record S3Call(string Method, string Target, bool IsCopy, long Started, long Ended, long BytesIn, long BytesOut, S3Fault? Fault)
{
    /// <returns>
    /// The longest chain of calls that each began after the previous one had ended: how many round trips all of them took.
    /// </returns>
    public static int RoundTrips(IEnumerable<S3Call> calls)
    {
        int trips = 0;
        long end = long.MinValue;
        foreach (S3Call call in calls.OrderBy(call => call.Ended))
        {
            if (call.Started > end)
            {
                trips++;
                end = call.Ended;
            }
        }

        return trips;
    }
}

/// <summary>An answer that is not the server's.</summary>
public sealed record S3Refusal(int Status, string Code, string Message = "a fault");

/// <summary>Sits between a service and an S3 server, counts calls, and makes some fail.</summary>
public sealed partial class FaultProxy : IAsyncDisposable
{
    private static readonly TimeSpan UntilNoted = TimeSpan.FromSeconds(1);

    private readonly WebApplication _app;
    private readonly HttpClient _server;
    private readonly Lock _gate = new();
    private int _underWay;
    private readonly List<S3Call> _calls = [];
    private readonly ConcurrentQueue<KeptRequest> _kept = new();

    private FaultProxy(WebApplication app, string server)
    {
        _app = app;
        _server = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { BaseAddress = new Uri(server), Timeout = Timeout.InfiniteTimeSpan };
        app.Run(PassAsync);
    }

    public string Endpoint => _app.Urls.First();

    /// <summary>Whether a call fails, and how; called once for each, with its method and target.</summary>
    public Func<string, S3Fault?>? Faults { get; set; }

    /// <summary>What is refused, as another server would; called for each call with its body.</summary>
    public Func<HttpRequest, byte[], S3Refusal?>? Refusals { get; set; }

    /// <summary>Changes XML answers: gets a call's target and the answer.</summary>
    public Func<string, string, string>? Answers { get; set; }

    /// <summary>Speed of a slow line, for bodies in each direction; 0: unlimited.</summary>
    public int BytesPerSecond { get; set; }

    /// <summary>Added to each call, so that sequential calls can be told from parallel ones.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>How much older than they are objects appear.</summary>
    public TimeSpan Age { get; set; }

    /// <summary>The delay of an answer that comes too late.</summary>
    public TimeSpan TooLate { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The calls since this was last read, in the order in which they ended.</summary>
    public IReadOnlyList<S3Call> TakeCalls()
    {
        // A client may have its answer before the call is recorded.
        SpinWait.SpinUntil(() => Volatile.Read(ref _underWay) == 0, UntilNoted);
        lock (_gate)
        {
            S3Call[] calls = [.. _calls];
            _calls.Clear();
            return calls;
        }
    }

    /// <summary>Sends what was <see cref="S3Fault.Repeated"/> or <see cref="S3Fault.Postponed"/>, in the order in which it came.</summary>
    /// <returns>How the server answered each.</returns>
    public async Task<IReadOnlyList<HttpStatusCode>> SendKeptAsync()
    {
        List<HttpStatusCode> answers = [];
        while (_kept.TryDequeue(out KeptRequest? kept))
        {
            using HttpResponseMessage answer = await ForwardAsync(kept);
            answers.Add(answer.StatusCode);
        }

        return answers;
    }

    public static async Task<FaultProxy> StartAsync(string server, int port = 0)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
        });
        FaultProxy proxy = new(builder.Build(), server);
        await proxy._app.StartAsync();
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _server.Dispose();
    }

    private async Task PassAsync(HttpContext context)
    {
        long started = Stopwatch.GetTimestamp();
        string target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        S3Fault? fault = Faults?.Invoke($"{context.Request.Method} {target}");
        bool isCopy = context.Request.Headers.ContainsKey("x-amz-copy-source");
        using MemoryStream body = new();
        await CopySlowlyAsync(context.Request.Body, body);
        long bytesOut = 0;
        Interlocked.Increment(ref _underWay);
        if (fault is S3Fault.Repeated or S3Fault.Postponed)
        {
            _kept.Enqueue(KeptRequest.Of(context, body));
        }

        try
        {
            await Task.Delay(Latency);
            bytesOut = fault switch
            {
                null when Refusals?.Invoke(context.Request, body.ToArray()) is { } refusal => await RefuseAsync(context, refusal),
                null or S3Fault.Repeated => await AnswerAsync(context, body, isWhole: true),
                S3Fault.Dropped => await PretendAsync(context, body),
                S3Fault.InternalError => await RefuseAsync(context, new(500, "InternalError")),
                S3Fault.SlowDown => await RefuseAsync(context, new(503, "SlowDown")),
                S3Fault.ErrorIn200 => await RefuseAsync(context, new(isCopy ? 200 : 500, "InternalError")),
                S3Fault.Truncated => await AnswerAsync(context, body, isWhole: false),
                _ => await BreakOffAsync(context, body, fault.Value),
            };
        }
        finally
        {
            lock (_gate)
            {
                _calls.Add(new S3Call(context.Request.Method, target, isCopy, started, Stopwatch.GetTimestamp(), body.Length, bytesOut, fault));
            }

            Interlocked.Decrement(ref _underWay);
        }
    }

    private async Task<long> BreakOffAsync(HttpContext context, MemoryStream body, S3Fault fault)
    {
        if (fault is not (S3Fault.ResetBefore or S3Fault.Postponed))
        {
            using HttpResponseMessage ignored = await ForwardAsync(KeptRequest.Of(context, body));
        }

        if (fault == S3Fault.Delay)
        {
            await Task.Delay(TooLate);
        }

        context.Abort();
        return 0;
    }

    private static async Task<long> RefuseAsync(HttpContext context, S3Refusal refusal)
    {
        byte[] body = context.Request.Method == "HEAD" ? [] : Encoding.ASCII.GetBytes($"<?xml version=\"1.0\"?><Error><Code>{refusal.Code}</Code><Message>{refusal.Message}</Message></Error>");
        context.Response.StatusCode = refusal.Status;
        context.Response.ContentType = "application/xml";
        context.Response.ContentLength = context.Request.Method == "HEAD" ? null : body.Length;
        await context.Response.Body.WriteAsync(body);
        return body.Length;
    }

    private async Task<long> AnswerAsync(HttpContext context, MemoryStream body, bool isWhole)
    {
        using HttpResponseMessage answer = await ForwardAsync(KeptRequest.Of(context, body));
        byte[] content = await answer.Content.ReadAsByteArrayAsync();
        if (Age > TimeSpan.Zero)
        {
            content = MakeOlder(answer, content);
        }

        if (Answers is { } answers && answer.Content.Headers.ContentType?.MediaType == "application/xml")
        {
            content = Encoding.UTF8.GetBytes(answers(context.Features.Get<IHttpRequestFeature>()!.RawTarget, Encoding.UTF8.GetString(content)));
        }

        context.Response.StatusCode = (int)answer.StatusCode;
        foreach ((string name, IEnumerable<string> values) in answer.Headers.Concat(answer.Content.Headers).Where(header => header.Key is not ("Transfer-Encoding" or "Connection")))
        {
            context.Response.Headers[name] = values.ToArray();
        }

        // An answer without a body breaks off before its head.
        if (!isWhole && content.Length < 2)
        {
            context.Abort();
            return 0;
        }

        if (context.Request.Method != "HEAD" && answer.StatusCode is not (HttpStatusCode.NoContent or HttpStatusCode.NotModified))
        {
            context.Response.ContentLength = content.Length;
            using MemoryStream sent = new(content, 0, isWhole ? content.Length : content.Length / 2);
            await CopySlowlyAsync(sent, context.Response.Body);
            await context.Response.Body.FlushAsync();
        }

        if (!isWhole)
        {
            context.Abort();
        }

        return content.Length;
    }

    // Ten times a second.
    private async Task CopySlowlyAsync(Stream source, Stream target)
    {
        int rate = BytesPerSecond;
        if (rate == 0)
        {
            await source.CopyToAsync(target);
            return;
        }

        byte[] buffer = new byte[Math.Max(1, rate / 10)];
        while (await source.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false) is > 0 and int read)
        {
            await Task.Delay(100);
            await target.WriteAsync(buffer.AsMemory(0, read));
            await target.FlushAsync();
        }
    }

    private byte[] MakeOlder(HttpResponseMessage answer, byte[] content)
    {
        answer.Content.Headers.LastModified -= Age;
        return answer.Content.Headers.ContentType?.MediaType != "application/xml" ? content
            : Encoding.UTF8.GetBytes(WrittenAt().Replace(Encoding.UTF8.GetString(content), time =>
                DateTimeOffset.Parse(time.Value, CultureInfo.InvariantCulture).Subtract(Age).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)));
    }

    [GeneratedRegex("(?<=<LastModified>)[^<]+")]
    private static partial Regex WrittenAt();

    private static async Task<long> PretendAsync(HttpContext context, MemoryStream body)
    {
        await S3Pretence.AnswerAsync(context, body.ToArray());
        return 0;
    }

    // Unchanged, including the host name: all of it is signed.
    private async Task<HttpResponseMessage> ForwardAsync(KeptRequest kept)
    {
        using HttpRequestMessage request = new(new HttpMethod(kept.Method), kept.Target);
        if (kept.HasBody)
        {
            request.Content = new ByteArrayContent(kept.Body);
        }

        foreach ((string name, string?[] values) in kept.Headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, values))
            {
                request.Content?.Headers.Remove(name);
                request.Content?.Headers.TryAddWithoutValidation(name, values);
            }
        }

        return await _server.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>A request as it came, which outlives its connection.</summary>
    private sealed record KeptRequest(string Method, string Target, bool HasBody, byte[] Body, IReadOnlyList<(string Name, string?[] Values)> Headers)
    {
        public static KeptRequest Of(HttpContext context, MemoryStream body) => new(
            context.Request.Method,
            context.Features.Get<IHttpRequestFeature>()!.RawTarget,
            body.Length > 0 || context.Request.ContentLength is not null,
            body.ToArray(),
            [.. context.Request.Headers.Where(header => header.Key != "Connection").Select(header => (header.Key, header.Value.ToArray()))]);
    }
}

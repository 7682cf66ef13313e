using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Testing;

/// <summary>A server of originals, at <c>/uploads/images/</c>, with a fault for each name that is to have one.</summary>
internal sealed class OriginalsServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private OriginalsServer(WebApplication app) => _app = app;

    /// <summary>Ends with a slash.</summary>
    public Uri Address => new(new Uri(_app.Urls.First()), "/uploads/images/");

    /// <summary>What answers for a name; a name without one is not there.</summary>
    public ConcurrentDictionary<string, Func<HttpContext, Task>> Answers { get; } = new();

    /// <summary>Names in the order in which they were asked for.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    public ConcurrentQueue<string> Authorizations { get; } = new();

    public static async Task<OriginalsServer> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        OriginalsServer server = new(builder.Build());
        server._app.Run(server.AnswerAsync);
        await server._app.StartAsync();
        return server;
    }

    public void Serve(string name, byte[] file, string type = "image/jpeg") => Answers[name] = context => SendAsync(context, file, type);

    /// <summary>Answers a number of times with a status, and then with the file.</summary>
    public void ServeAfter(string name, int failures, int status, byte[] file)
    {
        int left = failures;
        Answers[name] = context =>
        {
            if (Interlocked.Decrement(ref left) < 0)
            {
                return SendAsync(context, file, "image/jpeg");
            }

            context.Response.StatusCode = status;
            return Task.CompletedTask;
        };
    }

    public void Redirect(string name, string target, int status = 302) => Answers[name] = context =>
    {
        context.Response.StatusCode = status;
        context.Response.Headers.Location = target;
        return Task.CompletedTask;
    };

    /// <summary>Sends a part of the file, as if it were all of it, and breaks off.</summary>
    public void CutOff(string name, byte[] file) => Answers[name] = async context =>
    {
        context.Response.ContentLength = file.Length;
        await context.Response.Body.WriteAsync(file.AsMemory(0, file.Length / 2));
        await context.Response.Body.FlushAsync();
        context.Abort();
    };

    /// <summary>Sends a part of the file and then nothing more, until the client has had enough.</summary>
    public void Stall(string name, byte[] part) => Answers[name] = async context =>
    {
        context.Response.ContentLength = part.Length + 1;
        await context.Response.Body.WriteAsync(part);
        await context.Response.Body.FlushAsync();
        await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
    };

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    private static Task SendAsync(HttpContext context, byte[] file, string type)
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = file.Length;
        return context.Response.Body.WriteAsync(file).AsTask();
    }

    private Task AnswerAsync(HttpContext context)
    {
        string name = context.Request.Path.Value!.Split('/')[^1];
        Asked.Enqueue(name);
        Authorizations.Enqueue(context.Request.Headers.Authorization.ToString());
        if (context.Request.Path == $"/uploads/images/{name}" && Answers.TryGetValue(name, out Func<HttpContext, Task>? answer))
        {
            return answer(context);
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}

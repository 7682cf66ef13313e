using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ImageBackend.Testing;

/// <summary>A server of originals, at <c>/uploads/images/</c>, with a fault for each name that needs one.</summary>
/// <remarks>On bare sockets, since a framework's server would repair what must be broken. One answer for each connection.</remarks>
internal sealed class OriginalsServer : IAsyncDisposable
{
    private const string Folder = "/uploads/images/";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _accepting;

    private OriginalsServer()
    {
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}{Folder}");
        _accepting = AcceptAsync();
    }

    /// <summary>Ends with a slash.</summary>
    public Uri Address { get; }

    /// <summary>What answers for a name, on the open connection; a name without one does not exist.</summary>
    public ConcurrentDictionary<string, Func<Stream, CancellationToken, Task>> Answers { get; } = new();

    /// <summary>Names in the order in which they were requested.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    public ConcurrentQueue<string> Authorizations { get; } = new();

    public static OriginalsServer Start() => new();

    public void Serve(string name, byte[] file, string type = "image/jpeg") => Answers[name] = (client, end) => SendAsync(client, file, type, end);

    /// <summary>Answers a number of times with a status, and then sends the file.</summary>
    public void ServeAfter(string name, int failures, int status, byte[] file)
    {
        int left = failures;
        Answers[name] = (client, end) => Interlocked.Decrement(ref left) < 0 ? SendAsync(client, file, "image/jpeg", end) : RefuseAsync(client, status, end);
    }

    public void Redirect(string name, string target, int status = 302) => Answers[name] = (client, end) =>
        HeadAsync(client, status, $"Location: {target}\r\nContent-Length: 0\r\n", end);

    /// <summary>Sends a part of the file as if it were all of it, then breaks off.</summary>
    public void CutOff(string name, byte[] file) => Answers[name] = async (client, end) =>
    {
        await HeadAsync(client, 200, $"Content-Length: {file.Length}\r\n", end);
        await client.WriteAsync(file.AsMemory(0, file.Length / 2), end);
    };

    /// <summary>Sends a part of a larger file and then nothing more.</summary>
    public void Stall(string name, byte[] part) => Answers[name] = async (client, end) =>
    {
        await HeadAsync(client, 200, $"Content-Length: {part.Length + 1}\r\n", end);
        await client.WriteAsync(part, end);
        await Task.Delay(Timeout.Infinite, end);
    };

    /// <summary>Accepts the request and never answers.</summary>
    public void Hang(string name) => Answers[name] = (_, end) => Task.Delay(Timeout.Infinite, end);

    /// <summary>Sends endless bytes without giving a length.</summary>
    /// <param name="pause">After each piece.</param>
    public void Stream(string name, byte[] piece, TimeSpan pause) => Answers[name] = async (client, end) =>
    {
        await HeadAsync(client, 200, "", end);
        while (true)
        {
            await client.WriteAsync(piece, end);
            await Task.Delay(pause, end);
        }
    };

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _end.Dispose();
    }

    private static async Task SendAsync(Stream client, byte[] file, string type, CancellationToken end)
    {
        await HeadAsync(client, 200, $"Content-Type: {type}\r\nContent-Length: {file.Length}\r\n", end);
        await client.WriteAsync(file, end);
    }

    private static Task RefuseAsync(Stream client, int status, CancellationToken end) => HeadAsync(client, status, "Content-Length: 0\r\n", end);

    private static Task HeadAsync(Stream client, int status, string headers, CancellationToken end) =>
        client.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} Said\r\nConnection: close\r\n{headers}\r\n"), end).AsTask();

    private async Task AcceptAsync()
    {
        List<Task> connections = [];
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_end.Token);
                connections.Add(Task.Run(() => AnswerAsync(client)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await using NetworkStream stream = client.GetStream();
                using StreamReader reader = new(stream, Encoding.ASCII, leaveOpen: true);
                string path = (await reader.ReadLineAsync(_end.Token) ?? "").Split(' ').ElementAtOrDefault(1) ?? "";
                string authorization = "";
                while (await reader.ReadLineAsync(_end.Token) is { Length: > 0 } header)
                {
                    authorization = header.StartsWith("Authorization: ", StringComparison.OrdinalIgnoreCase) ? header[15..] : authorization;
                }

                string name = path.Split('/')[^1];
                Asked.Enqueue(name);
                Authorizations.Enqueue(authorization);
                await (path == Folder + name && Answers.TryGetValue(name, out Func<Stream, CancellationToken, Task>? answer)
                    ? answer(stream, _end.Token)
                    : RefuseAsync(stream, 404, _end.Token));
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException)
            {
                // The client has given up, or the test ends.
            }
        }
    }
}

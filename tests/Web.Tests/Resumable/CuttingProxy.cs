using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ImageBackend.Web.Tests.Resumable;

/// <summary>A line between a client and the service that breaks or stalls when a test wants it.</summary>
/// <param name="partial">Where the service writes what arrives: before a break it gets the time to do so, however busy the machine is.</param>
internal sealed class CuttingProxy(string partial) : IAsyncDisposable
{
    private const int BufferBytes = 16 * 1024;

    // A line of some 3 MB a second: without it, the buffers of this machine would hold all of a photo.
    private static readonly TimeSpan PerBuffer = TimeSpan.FromMilliseconds(5);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentQueue<Cut> _cuts = new();
    private Task _accepts = Task.CompletedTask;
    private long _fromClient;

    /// <summary>Where clients upload.</summary>
    public string Endpoint => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/files";

    /// <summary>The service's port; 0: it is not there.</summary>
    public int Target { get; set; }

    /// <summary>Bytes that clients have sent, heads of requests included, as far as they reached the service.</summary>
    public long FromClient => Interlocked.Read(ref _fromClient);

    public int CutsLeft => _cuts.Count;

    public void Start()
    {
        _listener.Start();
        _accepts = AcceptAsync();
    }

    /// <summary>Adds a break: so many bytes of a client after the one before.</summary>
    public void CutAfter(long bytes, Func<Task>? then = null) => _cuts.Enqueue(new Cut(bytes, then, Stall: TimeSpan.Zero));

    /// <summary>Adds a time in which nothing goes through, after which all goes on.</summary>
    public void StallAfter(long bytes, TimeSpan time) => _cuts.Enqueue(new Cut(bytes, null, time));

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepts;
        _end.Dispose();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> connections = [];
        try
        {
            while (true)
            {
                Socket client = await _listener.AcceptSocketAsync(_end.Token);
                connections.Add(ConnectAsync(client));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ConnectAsync(Socket client)
    {
        using Socket service = new(SocketType.Stream, ProtocolType.Tcp);
        using (client)
        {
            try
            {
                await service.ConnectAsync(IPAddress.Loopback, Target, _end.Token);
                // Whichever side ends first ends both, as when the line is gone.
                await Task.WhenAny(SendAsync(client, service), CopyAsync(service, client));
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException)
            {
                // The service is not there, or the test is over.
            }

            client.LingerState = new LingerOption(enable: true, seconds: 0); // to the client it is a reset
        }
    }

    private async Task SendAsync(Socket client, Socket service)
    {
        byte[] buffer = new byte[BufferBytes];
        try
        {
            int read;
            while ((read = await client.ReceiveAsync(buffer, _end.Token)) > 0)
            {
                if (_cuts.TryPeek(out Cut? cut) && FromClient + read > cut.At(FromClient) && _cuts.TryDequeue(out _))
                {
                    int last = (int)(cut.At(FromClient) - FromClient);
                    await service.SendAsync(buffer.AsMemory(0, last), _end.Token);
                    Interlocked.Add(ref _fromClient, last);
                    await QuietAsync();
                    if (cut.Stall == TimeSpan.Zero)
                    {
                        await (cut.Then?.Invoke() ?? Task.CompletedTask);
                        return;
                    }

                    await Task.Delay(cut.Stall, _end.Token);
                    buffer.AsSpan(last, read - last).CopyTo(buffer);
                    read -= last;
                }

                await service.SendAsync(buffer.AsMemory(0, read), _end.Token);
                Interlocked.Add(ref _fromClient, read);
                await Task.Delay(PerBuffer, _end.Token);
            }
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            // The other side is gone.
        }
    }

    // Until no more is written.
    private async Task QuietAsync()
    {
        long before = -1;
        for (int same = 0; same < 5; same++)
        {
            long now = Directory.Exists(partial) ? new DirectoryInfo(partial).EnumerateFiles("*.bytes").Sum(file => file.Length) : 0;
            same = now == before ? same : 0;
            before = now;
            await Task.Delay(20, _end.Token);
        }
    }

    private async Task CopyAsync(Socket from, Socket to)
    {
        byte[] buffer = new byte[BufferBytes];
        try
        {
            int read;
            while ((read = await from.ReceiveAsync(buffer, _end.Token)) > 0)
            {
                await to.SendAsync(buffer.AsMemory(0, read), _end.Token);
            }
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            // The other side is gone.
        }
    }

    private sealed record Cut(long Bytes, Func<Task>? Then, TimeSpan Stall)
    {
        private long? _at;

        /// <summary>Of the bytes of all clients, the one before which it happens.</summary>
        public long At(long now) => _at ??= now + Bytes;
    }
}

using System.Net.Sockets;
using System.Text;

namespace ImageBackend.Web.Tests.Resumable;

/// <summary>A PATCH on a connection of its own that sends as much as the test wants, and then stalls or breaks.</summary>
internal sealed class BrokenLine : IAsyncDisposable
{
    private readonly NetworkStream _stream;

    private BrokenLine(NetworkStream stream) => _stream = stream;

    /// <param name="length">Of the part that it declares.</param>
    public static async Task<BrokenLine> BeginAsync(int port, string address, long offset, long length, string more = "")
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync("127.0.0.1", port);
        NetworkStream stream = new(socket, ownsSocket: true);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"PATCH {address} HTTP/1.1\r\nHost: x\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: {offset}\r\nContent-Type: {TusSender.PartType}\r\n{more}Content-Length: {length}\r\n\r\n"));
        return new BrokenLine(stream);
    }

    public bool HasAnswer => _stream.DataAvailable;

    public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await _stream.WriteAsync(bytes);

    /// <returns>The answer, as far as its first JSON object.</returns>
    public async Task<string> AnswerAsync()
    {
        StringBuilder answer = new();
        byte[] buffer = new byte[4096];
        int read;
        while (!answer.ToString().Contains('}', StringComparison.Ordinal) && (read = await _stream.ReadAsync(buffer)) > 0)
        {
            answer.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }

        return answer.ToString();
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();
}

/// <summary>The files of partial uploads.</summary>
internal static class PartialFiles
{
    public static string RecordOf(string temp, string address) => Path.Combine(temp, "partial", Path.GetFileName(address) + ".json");

    public static string BytesOf(string temp, string address) => Path.Combine(temp, "partial", Path.GetFileName(address) + ".bytes");

    /// <summary>Waits until so many bytes are in the file: sent means only that the network has them.</summary>
    public static Task HasAsync(string temp, string address, long bytes) => Eventually.IsAsync(() => new FileInfo(BytesOf(temp, address)).Length >= bytes);
}

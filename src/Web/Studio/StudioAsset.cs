using System.IO.Compression;
using System.Security.Cryptography;

namespace ImageBackend.Web.Studio;

/// <summary>One file of the studio, as it is embedded in the program, with its compressed forms.</summary>
internal sealed class StudioAsset(string name, byte[] content)
{
    private const int BrotliQuality = 9;
    private const int BrotliWindow = 22;

    private readonly string _tag = Convert.ToHexStringLower(SHA256.HashData(content), 0, 8);

    // Each is made when somebody first asks for it: a service whose studio nobody opens spends nothing on it.
    private readonly Lazy<ReadOnlyMemory<byte>> _brotli = new(() => Brotli(content));
    private readonly Lazy<ReadOnlyMemory<byte>> _gzip = new(() => Gzip(content));

    public string ContentType { get; } = ContentTypeOf(name);

    /// <param name="accepts">Whether the client takes a content encoding, by its name.</param>
    /// <returns>The smallest form that the client takes. The ETag is that of this form, without quotes.</returns>
    public (ReadOnlyMemory<byte> Content, string? Encoding, string ETag) For(Func<string, bool> accepts) =>
        accepts("br") && _brotli.Value.Length < content.Length ? (_brotli.Value, "br", _tag + "-br")
        : accepts("gzip") && _gzip.Value.Length < content.Length ? (_gzip.Value, "gzip", _tag + "-gz")
        : (content, null, _tag);

    private static ReadOnlyMemory<byte> Brotli(byte[] content)
    {
        byte[] compressed = new byte[BrotliEncoder.GetMaxCompressedLength(content.Length)];
        return BrotliEncoder.TryCompress(content, compressed, out int written, BrotliQuality, BrotliWindow) ? compressed.AsMemory(0, written) : content;
    }

    private static ReadOnlyMemory<byte> Gzip(byte[] content)
    {
        MemoryStream compressed = new();
        using (GZipStream zip = new(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            zip.Write(content);
        }

        return compressed.GetBuffer().AsMemory(0, (int)compressed.Length);
    }

    private static string ContentTypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".json" => "application/json",
        ".svg" => "image/svg+xml",
        ".png" => "image/png",
        ".ico" => "image/x-icon",
        _ => "application/octet-stream",
    };
}

using System.Text;

namespace ImageBackend.Web.Tests;

/// <summary>A multipart form, written byte by byte, even one that no client library would make.</summary>
internal sealed class RawForm(string boundary = "----a-boundary")
{
    private readonly List<byte> _body = [];

    public string ContentType { get; init; } = $"multipart/form-data; boundary={boundary}";

    /// <summary>Whether the form ends properly.</summary>
    public bool IsClosed { get; init; } = true;

    public RawForm File(byte[] content, string fileName = "photo.jpg", string field = "file", string? contentType = "image/jpeg") =>
        Part($"form-data; name=\"{field}\"; filename=\"{fileName}\"", content, contentType);

    public RawForm Text(string field, string value) => Part($"form-data; name=\"{field}\"", Encoding.UTF8.GetBytes(value), contentType: null);

    public RawForm Part(string disposition, byte[] content, string? contentType)
    {
        Write($"--{boundary}\r\nContent-Disposition: {disposition}\r\n");
        Write(contentType is null ? "\r\n" : $"Content-Type: {contentType}\r\n\r\n");
        _body.AddRange(content);
        Write("\r\n");
        return this;
    }

    public byte[] ToArray() => IsClosed ? [.. _body, .. Encoding.UTF8.GetBytes($"--{boundary}--\r\n")] : [.. _body];

    public HttpContent ToContent()
    {
        ByteArrayContent content = new(ToArray());
        content.Headers.TryAddWithoutValidation("Content-Type", ContentType).Should().BeTrue();
        return content;
    }

    private void Write(string text) => _body.AddRange(Encoding.UTF8.GetBytes(text));
}

using ImageBackend.Infrastructure.Files;

namespace ImageBackend.Web.Http;

/// <summary>Content that can be read only once, of a known length: a seek skips bytes by reading them, so that a part of it can be sent.</summary>
/// <param name="length">The length of all of it.</param>
/// <param name="start">The byte that <paramref name="inner"/> begins with.</param>
internal sealed class ForwardContent(Stream inner, long length, long start = 0) : AsyncReadStream
{
    private long _read = start;
    private long _position;

    public override bool CanSeek => true;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set => Seek(value, SeekOrigin.Begin);
    }

    public override long Seek(long offset, SeekOrigin origin) => _position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => length + offset,
    };

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position < _read)
        {
            throw new NotSupportedException("The content can be read only once.");
        }

        while (_read < _position)
        {
            int skipped = await inner.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _position - _read)], cancellationToken);
            if (skipped == 0)
            {
                return 0;
            }

            _read += skipped;
        }

        int read = await inner.ReadAsync(buffer, cancellationToken);
        _position = _read += read;
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}

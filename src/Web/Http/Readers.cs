using ImageBackend.Application.Abstractions;
using ImageBackend.Infrastructure.Composition;

namespace ImageBackend.Web.Http;

/// <summary>Limits how many answers with an image go out at a time, and how slowly: readers must not keep uploads and publishes out.</summary>
internal sealed class Readers(ServiceSettings settings, TimeProvider time)
{
    private readonly SharedRoom _places = new(settings.Traffic.MaxReaders, "The maximum number of readers is being served.");

    /// <summary>Takes a place for this answer, until it has been sent.</summary>
    /// <exception cref="BusyException">No place is free.</exception>
    public void Admit(HttpResponse response)
    {
        SharedRoom.Share place = new(_places);
        place.Take(1);
        response.RegisterForDispose(place);
        response.Body = new SentBody(response.Body, new Pace(settings.Traffic, time));
    }

    /// <summary>A body as it is sent; a client that is too slow is cut off, since the status has already been sent.</summary>
    private sealed class SentBody(Stream inner, Pace pace) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                await pace.MoveAsync(
                    async token =>
                    {
                        await inner.WriteAsync(buffer, token);
                        return buffer.Length;
                    },
                    cancellationToken);
            }
            catch (TooSlowException exception)
            {
                // As for a client that left: the code that copies the image aborts the connection.
                throw new OperationCanceledException(exception.Message, exception);
            }
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override void Flush() => throw new NotSupportedException("It is written asynchronously.");

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("It is written asynchronously.");
    }
}

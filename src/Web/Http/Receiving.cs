using ImageBackend.Application.Abstractions;
using ImageBackend.Infrastructure.Composition;
using ImageBackend.Infrastructure.Files;

namespace ImageBackend.Web.Http;

/// <summary>Limits what comes in: how many uploads at a time, how many bytes in all, how slowly. Forms of other calls share a limit of their own.</summary>
internal sealed class Receiving(ServiceSettings settings, TimeProvider time)
{
    // A form is held in memory. Its first bytes are free, so that clients that send large ones can't keep the usual ones out.
    private const int FreeBytesOfForm = 16 * 1024;
    private const long MaxFormBytes = 32 * 1024 * 1024;

    private readonly SharedRoom _places = new(settings.Traffic.MaxReceiving, "The maximum number of uploads is coming in.");
    private readonly SharedRoom _files = new(settings.Traffic.MaxReceivedBytes, "The room for uploads is full.");
    private readonly SharedRoom _forms = new(MaxFormBytes, "The room for large forms is full.");

    /// <summary>Lets an upload's body in. From now on, reading it may end with <see cref="TooSlowException"/> or <see cref="BusyException"/>.</summary>
    /// <returns>Dispose it when nothing of the upload is left in the temp folder: until then, its bytes count.</returns>
    /// <exception cref="BusyException">There is no room for another; nothing of the body was read.</exception>
    public IDisposable Upload(HttpRequest request)
    {
        SharedRoom.Share place = new(_places);
        place.Take(1);
        ReceivedBody body = new(request.Body, new Pace(settings.Traffic, time), new SharedRoom.Share(_files), freeBytes: 0, atEnd: place);
        request.Body = body;
        return body;
    }

    /// <summary>The same for the form of another call; its bytes count until the request ends.</summary>
    public void Form(HttpRequest request)
    {
        ReceivedBody body = new(request.Body, new Pace(settings.Traffic, time), new SharedRoom.Share(_forms), FreeBytesOfForm, atEnd: null);
        request.HttpContext.Response.RegisterForDispose(body);
        request.Body = body;
    }

    /// <summary>A body as it is read.</summary>
    /// <param name="room">Taken by its bytes, apart from the first <paramref name="freeBytes"/>; given back when this is disposed.</param>
    /// <param name="atEnd">Given back as soon as everything has arrived.</param>
    private sealed class ReceivedBody(Stream inner, Pace pace, SharedRoom.Share room, int freeBytes, SharedRoom.Share? atEnd) : AsyncReadStream
    {
        private long _bytes;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int read = await pace.MoveAsync(token => inner.ReadAsync(buffer, token), cancellationToken);
            if (read == 0 && buffer.Length > 0)
            {
                atEnd?.Dispose();
            }

            long paid = Math.Max(0, _bytes - freeBytes);
            _bytes += read;
            room.Take(Math.Max(0, _bytes - freeBytes) - paid);
            return read;
        }

        // The stream that is read here belongs to the server.
        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                atEnd?.Dispose();
                room.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}

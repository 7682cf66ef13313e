using ImageBackend.Application.Abstractions;
using ImageBackend.Infrastructure.Composition;
using ImageBackend.Infrastructure.Files;

namespace ImageBackend.Web.Http;

/// <summary>Limits what comes in: how many uploads at a time, how many bytes in all, how slowly. Forms of other calls share a limit of their own.</summary>
internal sealed class Receiving(ServiceSettings settings, ReceiveBudget budget, TimeProvider time)
{
    // A form is held in memory. Its first bytes are free, so that clients that send large ones can't keep the usual ones out.
    private const int FreeBytesOfForm = 16 * 1024;
    private const long MaxFormBytes = 32 * 1024 * 1024;

    private readonly SharedRoom _places = new(settings.Traffic.MaxReceiving, "The maximum number of uploads is coming in.");
    private readonly SharedRoom _forms = new(MaxFormBytes, "The room for large forms is full.");

    /// <summary>Lets an upload's body in. From now on, reading it may end with <see cref="TooSlowException"/>.</summary>
    /// <param name="maxBytes">Of the file: what a body takes that does not say its length.</param>
    /// <returns>Dispose it when nothing of the upload is left in the temp folder: until then, its bytes count.</returns>
    /// <exception cref="BusyException">There is no room for another; nothing of the body was read.</exception>
    public IDisposable Upload(HttpRequest request, long maxBytes)
    {
        SharedRoom.Share bytes = budget.Take(Math.Min(request.ContentLength ?? maxBytes, maxBytes));
        try
        {
            return LetIn(request, bytes);
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    /// <summary>The same for a part of a resumable upload, whose bytes somebody else counts.</summary>
    /// <returns>Dispose it when the part has come in.</returns>
    /// <exception cref="BusyException">There is no room for another; nothing of the body was read.</exception>
    public IDisposable Part(HttpRequest request) => LetIn(request, bytes: null);

    /// <summary>The same for the form of another call; its bytes count until the request ends.</summary>
    public void Form(HttpRequest request)
    {
        ReceivedBody body = new(request.Body, new Pace(settings.Traffic, time)) { Room = new SharedRoom.Share(_forms), FreeBytes = FreeBytesOfForm };
        request.HttpContext.Response.RegisterForDispose(body);
        request.Body = body;
    }

    private ReceivedBody LetIn(HttpRequest request, SharedRoom.Share? bytes)
    {
        SharedRoom.Share place = new(_places);
        place.Take(1);
        ReceivedBody body = new(request.Body, new Pace(settings.Traffic, time)) { Place = place, Held = bytes };
        request.Body = body;
        return body;
    }

    /// <summary>A body as it is read.</summary>
    private sealed class ReceivedBody(Stream inner, Pace pace) : AsyncReadStream
    {
        private long _bytes;

        /// <summary>Given back as soon as everything has arrived.</summary>
        public SharedRoom.Share? Place { get; init; }

        /// <summary>Given back when this is disposed.</summary>
        public SharedRoom.Share? Held { get; init; }

        /// <summary>Taken by its bytes as they arrive, apart from the first <see cref="FreeBytes"/>; given back when this is disposed.</summary>
        public SharedRoom.Share? Room { get; init; }

        public int FreeBytes { get; init; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int read = await pace.MoveAsync(token => inner.ReadAsync(buffer, token), cancellationToken);
            if (read == 0 && buffer.Length > 0)
            {
                Place?.Dispose();
            }

            long paid = Math.Max(0, _bytes - FreeBytes);
            _bytes += read;
            Room?.Take(Math.Max(0, _bytes - FreeBytes) - paid);
            return read;
        }

        // The stream that is read here belongs to the server.
        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                Place?.Dispose();
                Held?.Dispose();
                Room?.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}

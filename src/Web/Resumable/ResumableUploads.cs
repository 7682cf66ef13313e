using System.Text.Json;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images;
using ImageBackend.Application.Images.Upload;
using ImageBackend.Application.Measuring;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Composition;
using ImageBackend.Infrastructure.Resumable;
using ImageBackend.Web.Endpoints;
using ImageBackend.Web.Http;
using ImageBackend.Web.Logs;
using ImageBackend.Web.Metrics;
using MediatR;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace ImageBackend.Web.Resumable;

/// <summary>Uploads that arrive in parts. The state of each is what is on disk, so any process can continue after a crash of another.</summary>
/// <remarks>
/// <code>
/// state      on disk                     PATCH at the end      HEAD                     GET               DELETE
/// receiving  bytes &lt; length             appends               takes over, says offset  409               removes
/// complete   bytes = length              stores, as if last    stores, says offset      stores, answers   removes
/// stored     answer, no bytes            answers again         says offset = length     answers again     forgets the answer
/// refused    nothing                     404                   404                      404               404
/// </code>
/// Who works on one holds it. Meanwhile a PATCH gets 423; the others wait, and interrupt a PATCH that still receives.
/// From complete to stored: a name is drawn and put on disk, the image is stored under that name, the answer is put on disk, the bytes are removed,
/// the client is told. After a crash at any point this is done again under the same name, so there is one image.
/// </remarks>
internal sealed class ResumableUploads(
    PartialUploads uploads, Holds holds, ReceiveBudget budget, IMediator mediator, KeyNumberSource numbers, TimeProvider time, IOptions<JsonOptions> json)
{
    /// <returns>A new upload, which the caller disposes.</returns>
    /// <exception cref="BusyException">Too many wait.</exception>
    public async Task<HeldUpload> CreateAsync(long? length, string? metadata, ServiceSettings settings)
    {
        PartialUpload partial = await budget.BeginAsync(() => uploads.CreateAsync(settings.ReplicaName, length, metadata, settings.Traffic.PartialTimeToLive));
        Measures.Resume("created");
        return new HeldUpload(partial, hold: null, budget);
    }

    /// <returns>The caller disposes it.</returns>
    /// <exception cref="RefusedRequestException">There is no such upload, or somebody else works on it.</exception>
    public HeldUpload Open(string id) => Open(id, holds.TryTake(id));

    /// <summary>The same, after whoever works on it.</summary>
    /// <inheritdoc cref="Open(string)"/>
    public async Task<HeldUpload> TakeOverAsync(string id, CancellationToken cancellationToken) => Open(id, await holds.TakeOverAsync(id, cancellationToken));

    /// <summary>Stores a complete upload as an image, unless that was done before.</summary>
    /// <returns>The answer: the JSON of <c>/upload</c>.</returns>
    /// <exception cref="InvalidImageException">It is refused, and gone.</exception>
    public async Task<string> FinishAsync(HeldUpload held, HttpContext context)
    {
        PartialUpload partial = held.Partial;
        if (partial.Answer is { } answer)
        {
            return answer;
        }

        if (partial.Stem is null)
        {
            await partial.NameAsync(ImageKey.Mint(time.GetUtcNow(), numbers(), ImageFormat.Jpeg).Stem);
        }

        try
        {
            UploadedImage image = await StoreAsync(partial, context.RequestAborted);
            PredecessorMetrics.Uploaded(image.Key.Format);
            context.NoteImage(image.Key);
            answer = JsonSerializer.Serialize(UploadReply.Of(image), json.Value.SerializerOptions);
        }
        catch (InvalidImageException)
        {
            held.Remove();
            Measures.Resume("refused");
            throw;
        }

        await partial.CompleteAsync(answer);
        Measures.Resume("stored");
        return answer;
    }

    public static RefusedRequestException Locked() => new(423, "upload_locked", "Another request works on this upload. Try again later.");

    private async Task<UploadedImage> StoreAsync(PartialUpload partial, CancellationToken cancellationToken)
    {
        // It is copied into the workspace of the request.
        using SharedRoom.Share copy = budget.Take(partial.Offset);
        await using Stream content = partial.OpenRead();
        return await mediator.Send(new UploadImage(content) { Stem = partial.Stem }, cancellationToken);
    }

    private HeldUpload Open(string id, Holds.Hold? hold)
    {
        if (hold is null)
        {
            throw Locked();
        }

        try
        {
            PartialUpload partial = uploads.Open(id)
                ?? throw new RefusedRequestException(404, "unknown_upload", "There is no such upload: it was never begun here, was refused or removed, or has expired.");
            return new HeldUpload(partial, hold, budget);
        }
        catch (PartialUploadHeldException)
        {
            hold.Dispose();
            throw Locked();
        }
        catch
        {
            hold.Dispose();
            throw;
        }
    }
}

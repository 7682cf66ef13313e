using ImageBackend.Application.Images;
using ImageBackend.Infrastructure.Resumable;
using ImageBackend.Web.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ImageBackend.Web.Resumable;

/// <summary>Receives one part of an upload. Whatever becomes of the request, what has arrived is on disk afterwards, unless it must not count.</summary>
internal sealed class PartReceiver(Receiving receiving, ReceiveBudget budget, UploadLimits limits, IHostApplicationLifetime lifetime)
{
    /// <exception cref="RefusedRequestException">Its checksum is wrong, or another request wants the upload.</exception>
    /// <exception cref="ShuttingDownException">The service stops.</exception>
    public async Task ReceiveAsync(HeldUpload held, HttpRequest request, CancellationToken cancellationToken)
    {
        PartialUpload upload = held.Partial;
        long room = (upload.Length ?? limits.MaxBytes) - upload.Offset;
        if (request.ContentLength > room)
        {
            throw TooLong(upload, room);
        }

        using ExpectedSum? sum = ExpectedSum.Of(request);
        budget.Reserve(upload.Id, upload.Offset + (request.ContentLength ?? room));
        using IDisposable received = receiving.Part(request);
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null; // no more is read than there is room for
        }

        using CancellationTokenSource any = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, held.Interrupted, lifetime.ApplicationStopping);
        try
        {
            await KeepAsync(upload, request.Body, room, sum, any.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw lifetime.ApplicationStopping.IsCancellationRequested
                ? new ShuttingDownException()
                : ResumableUploads.Locked();
        }
    }

    private static async Task KeepAsync(PartialUpload upload, Stream body, long room, ExpectedSum? sum, CancellationToken cancellationToken)
    {
        long start = upload.Offset;
        bool counts = sum is null;
        if (!counts)
        {
            await upload.DistrustAsync();
        }

        try
        {
            bool isTooLong = await upload.AppendAsync(body, room, sum?.Actual, cancellationToken) > room;
            counts = !isTooLong && sum?.IsMet() != false;
            if (isTooLong)
            {
                throw TooLong(upload, room);
            }

            if (!counts)
            {
                throw new RefusedRequestException(460, "checksum_mismatch", "The part is not what its checksum says.");
            }
        }
        finally
        {
            if (!counts)
            {
                upload.CutTo(start);
            }

            await upload.ConfirmAsync();
        }
    }

    private static RefusedRequestException TooLong(PartialUpload upload, long room) => new(
        413, "request_too_large", $"The part is longer than the {room} bytes that are left.", upload.Length);
}

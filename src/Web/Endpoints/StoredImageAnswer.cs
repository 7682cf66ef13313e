using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Open;
using ImageBackend.Domain;
using ImageBackend.Web.Http;
using MediatR;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace ImageBackend.Web.Endpoints;

/// <summary>The answer with a stored original or thumbnail, wherever it is stored.</summary>
internal static class StoredImageAnswer
{
    /// <exception cref="BusyException">Too many readers are being served.</exception>
    public static Task<OpenedImage> OpenAsync(
        string key, bool isIncoming, HttpContext context, IMediator mediator, Readers readers, CancellationToken cancellationToken)
    {
        readers.Admit(context.Response);
        OpenStoredImage open = new(key) { IsIncoming = isIncoming, Part = AskedPart.Of(context.Request), FactsOnly = HttpMethods.IsHead(context.Request.Method) };
        return mediator.Send(open, cancellationToken);
    }

    public static FileStreamHttpResult Of(OpenedImage image, HttpResponse response)
    {
        response.Headers.XContentTypeOptions = "nosniff";
        if (image.Facts.Key.Format == ImageFormat.Svg)
        {
            // Opened by its own address, a drawing is a document of this origin: so no script, and nothing from elsewhere.
            response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox";
        }

        return TypedResults.Stream(
            image.Content.CanSeek && image.Content != Stream.Null ? image.Content : new ForwardContent(image.Content, image.Facts.Bytes, image.Start),
            image.Facts.Key.Format.ContentType,
            lastModified: image.Facts.WrittenAt,
            entityTag: new EntityTagHeaderValue($"\"{image.Facts.ETag}\""),
            enableRangeProcessing: true);
    }
}

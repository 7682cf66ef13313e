using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Composition;
using ImageBackend.Web.Docs;
using ImageBackend.Web.Http;
using MediatR;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ImageBackend.Web.Endpoints;

/// <summary>Serves published images if nothing else does: neither a web server from their folder nor the bucket itself.</summary>
internal static class ActiveImageEndpoint
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];
    private static readonly string[] Types = [.. ImageFormat.All.Select(format => format.ContentType)];

    public static void MapActiveImages(this IEndpointRouteBuilder routes) => routes.MapMethods("/active/{key}", Methods, GetAsync)
        .Describe("active", "A published original or thumbnail.", "With ETag, conditions and ranges. On S3 the answer may be a redirect to the bucket.")
        .Produces<Stream>(StatusCodes.Status200OK, Types[0], Types[1..])
        .Produces<Stream>(StatusCodes.Status206PartialContent, Types[0], Types[1..])
        .Produces(StatusCodes.Status302Found)
        .Produces(StatusCodes.Status304NotModified)
        .Produces(StatusCodes.Status412PreconditionFailed)
        .Produces(StatusCodes.Status416RangeNotSatisfiable)
        .Refuses("unknown_image", "busy", "storage_unavailable");

    private static async Task<Results<FileStreamHttpResult, RedirectHttpResult, ProblemHttpResult>> GetAsync(
        string key,
        HttpContext context,
        IMediator mediator,
        BackendSettings settings,
        Readers readers,
        CancellationToken cancellationToken)
    {
        if (!ImageKey.TryParse(key, out ImageKey? parsed))
        {
            return Problems.Result(404, "unknown_image", "There is no such image.");
        }

        if (settings.Storage.RedirectsReaders)
        {
            // Nothing is looked up: that is what a redirect saves. If an image is not there, S3 says so.
            context.Response.Headers.CacheControl = settings.Storage.CacheControl;
            return TypedResults.Redirect(settings.Storage.Backend.PublicAddressOf(parsed)!.AbsoluteUri);
        }

        OpenedImage image = await StoredImageAnswer.OpenAsync(key, isIncoming: false, context, mediator, readers, cancellationToken);
        context.Response.Headers.CacheControl = settings.Storage.CacheControl;
        return StoredImageAnswer.Of(image, context.Response);
    }
}

using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using ImageBackend.Web.Docs;
using ImageBackend.Web.Http;
using MediatR;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ImageBackend.Web.Endpoints;

/// <summary>Shows whoever has the secret what waits to be published.</summary>
internal static class IncomingImageEndpoint
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];
    private static readonly string[] Types = [.. ImageFormat.All.Select(format => format.ContentType)];

    public static void MapIncomingImages(this IEndpointRouteBuilder routes) => routes.MapMethods(StudioRoutes.Incoming + "/{key}", Methods, GetAsync).RequireBearer()
        .Describe("incoming", "An original or thumbnail that waits to be published.", "With ETag, conditions and ranges.")
        .Produces<Stream>(StatusCodes.Status200OK, Types[0], Types[1..])
        .Produces<Stream>(StatusCodes.Status206PartialContent, Types[0], Types[1..])
        .Produces(StatusCodes.Status304NotModified)
        .Produces(StatusCodes.Status412PreconditionFailed)
        .Produces(StatusCodes.Status416RangeNotSatisfiable)
        .Refuses("unknown_image", "busy", "storage_unavailable");

    private static async Task<Results<FileStreamHttpResult, ProblemHttpResult>> GetAsync(
        string key, HttpContext context, IMediator mediator, Readers readers, CancellationToken cancellationToken)
    {
        if (!ImageKey.TryParse(key, out _))
        {
            return Problems.Result(404, "unknown_image", "There is no such image.");
        }

        OpenedImage image = await StoredImageAnswer.OpenAsync(key, isIncoming: true, context, mediator, readers, cancellationToken);
        context.Response.Headers.CacheControl = "private, no-cache";
        return StoredImageAnswer.Of(image, context.Response);
    }
}

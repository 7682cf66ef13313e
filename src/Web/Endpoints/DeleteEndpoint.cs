using System.Text.Json.Serialization;
using ImageBackend.Application.Images.Delete;
using ImageBackend.Web.Docs;
using ImageBackend.Web.Http;
using ImageBackend.Web.Metrics;
using MediatR;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ImageBackend.Web.Endpoints;

internal static class DeleteEndpoint
{
    public static void MapDelete(this IEndpointRouteBuilder routes) => routes.MapPost("/delete", DeleteAsync).RequireSecret()
        .Describe("delete", "Removes originals from incoming and active, with all their thumbnails.", "An image that is not there is no error. JSON takes one name or a list of them.")
        .Takes(new FormField("filenames", "Names of originals.", "1795476840_8949103649.jpg") { IsList = true })
        .Refuses("storage_unavailable")
        .Answers("""{"success":true,"ignored":["photo.tiff"]}""");

    private static async Task<Ok<DeleteReply>> DeleteAsync(HttpContext context, IMediator mediator, CancellationToken cancellationToken)
    {
        string[] names = [.. context.Form().Values("filenames").OfType<string>()];
        DeletedImages deleted = await mediator.Send(new DeleteImages(names), cancellationToken);
        PredecessorMetrics.Deleted();
        return TypedResults.Ok(new DeleteReply(true, deleted.Ignored.Count > 0 ? deleted.Ignored : null));
    }
}

/// <param name="Ignored">Names that are not the key of an original, if there were any.</param>
internal sealed record DeleteReply(bool Success, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Ignored);

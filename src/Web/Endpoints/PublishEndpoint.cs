using ImageBackend.Application.Images.Publish;
using ImageBackend.Web.Docs;
using ImageBackend.Web.Http;
using ImageBackend.Web.Logs;
using ImageBackend.Web.Metrics;
using MediatR;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ImageBackend.Web.Endpoints;

internal static class PublishEndpoint
{
    public static void MapPublish(this IEndpointRouteBuilder routes) => routes.MapPost("/publish", PublishAsync).RequireSecret()
        .Describe("publish", "Moves an image to active: original and thumbnails become public.", "It may be sent again; with another crop it makes the thumbnails anew.")
        .Takes(CropField.FileName, CropField.Description)
        .Refuses([.. CropField.Refusals, "bad_crop"])
        .Answers("""{"success":true}""");

    private static async Task<Ok<PublishReply>> PublishAsync(HttpContext context, IMediator mediator, CancellationToken cancellationToken)
    {
        ApiForm form = context.Form();
        context.NoteImage(form.Single("filename"));
        if (await mediator.Send(new PublishImage(form.Single("filename"), form.Crop()), cancellationToken) == PublishOutcome.Published)
        {
            PredecessorMetrics.Published();
        }

        return TypedResults.Ok(new PublishReply(true));
    }
}

internal sealed record PublishReply(bool Success);

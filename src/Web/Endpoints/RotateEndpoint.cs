using System.Globalization;
using ImageBackend.Application.Images.Rotate;
using ImageBackend.Domain;
using ImageBackend.Web.Docs;
using ImageBackend.Web.Http;
using ImageBackend.Web.Logs;
using ImageBackend.Web.Metrics;
using MediatR;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ImageBackend.Web.Endpoints;

internal static class RotateEndpoint
{
    public static void MapRotate(this IEndpointRouteBuilder routes) => routes.MapPost("/rotate", RotateAsync).RequireSecret()
        .Describe("rotate", "Publishes an image rotated under a new name, and removes the old one.", "Not for SVG and animated PNG. The same call within the hour gives the same new name.")
        .Takes(CropField.FileName, new FormField("rotation", "Degrees: 90 (clockwise, the default), -90 or 180.", "90"))
        .Refuses([.. CropField.Refusals, "bad_rotation"])
        .Answers("""{"success":true,"filename":"1795476901_4455667788.jpg"}""");

    private static async Task<Ok<NewKeyReply>> RotateAsync(HttpContext context, IMediator mediator, CancellationToken cancellationToken)
    {
        ApiForm form = context.Form();
        context.NoteImage(form.Single("filename"));
        string[] rotations = [.. form.Values("rotation").OfType<string>()];
        // No rotation means a quarter clockwise, as in c2c; several are refused like one that is not valid.
        string rotation = rotations.Length == 0 ? Rotation.Clockwise.Degrees.ToString(CultureInfo.InvariantCulture) : string.Join(",", rotations);
        ImageKey key = await mediator.Send(new RotateImage(form.Single("filename"), rotation), cancellationToken);
        PredecessorMetrics.Rotated();
        context.NoteImage(key);
        return TypedResults.Ok(new NewKeyReply(true, key.ToString()));
    }
}

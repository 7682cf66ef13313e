using ImageBackend.Application.Images.Recrop;
using ImageBackend.Domain;
using ImageBackend.Web.Docs;
using ImageBackend.Web.Http;
using ImageBackend.Web.Logs;
using MediatR;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ImageBackend.Web.Endpoints;

internal static class RecropEndpoint
{
    public static void MapRecrop(this IEndpointRouteBuilder routes) => routes.MapPost("/recrop", RecropAsync).RequireSecret()
        .Describe("recrop", "Publishes an image again under a new name, with other thumbnails.", "The old one stays. The same call within the hour gives the same new name.")
        .Takes(CropField.FileName, CropField.Description)
        .Refuses([.. CropField.Refusals, "bad_crop"])
        .Answers("""{"success":true,"filename":"1795476901_4455667788.jpg"}""");

    private static async Task<Ok<NewKeyReply>> RecropAsync(HttpContext context, IMediator mediator, CancellationToken cancellationToken)
    {
        ApiForm form = context.Form();
        context.NoteImage(form.Single("filename"));
        ImageKey key = await mediator.Send(new RecropImage(form.Single("filename"), form.Crop()), cancellationToken);
        context.NoteImage(key);
        return TypedResults.Ok(new NewKeyReply(true, key.ToString()));
    }
}

/// <param name="Filename">The name under which the changed image is published.</param>
internal sealed record NewKeyReply(bool Success, string Filename);

internal static class CropField
{
    public static readonly FormField FileName = new("filename", "The name of an original, as the upload answered it.", "1795476840_8949103649.jpg") { IsRequired = true };

    public static readonly FormField Description = new("crop", "What of the picture the thumbnails show: WxH+X+Y, in pixels of the upright picture.", "800x600+100+50");

    /// <summary>Codes of every call that makes pictures of one that is stored.</summary>
    public static readonly string[] Refusals = ["bad_key", "unknown_image", "storage_unavailable", "storage_full", "broken_image", "image_too_complex"];

    /// <returns>The field <c>crop</c>; null if it is empty, since forms also send fields that were not filled in.</returns>
    // In an urlencoded body, a plus stands for a space. A client that forgets to encode the pluses of a crop means pluses.
    public static string? Crop(this ApiForm form) => form.Single("crop") is { Length: > 0 } crop ? crop.Replace(' ', '+') : null;
}

using ImageBackend.Application.Images.Recrop;
using ImageBackend.Domain;
using ImageBackend.Web.Http;
using ImageBackend.Web.Logs;
using MediatR;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ImageBackend.Web.Endpoints;

internal static class RecropEndpoint
{
    public static void MapRecrop(this IEndpointRouteBuilder routes) => routes.MapPost("/recrop", RecropAsync).RequireSecret();

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
    /// <returns>The field <c>crop</c>; null if it is empty, since forms also send fields that were not filled in.</returns>
    // In an urlencoded body, a plus stands for a space. A client that forgets to encode the pluses of a crop means pluses.
    public static string? Crop(this ApiForm form) => form.Single("crop") is { Length: > 0 } crop ? crop.Replace(' ', '+') : null;
}

using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using MediatR;

namespace ImageBackend.Application.Images.Migrate;

/// <summary>Finds the image of an old site (V5) that a name stands for, for <see cref="MigrateV5Image"/>.</summary>
/// <param name="Name">Its key, or the name in the database, where a drawing is listed under its raster's. The answer is null if there is none.</param>
public sealed record FindV5Image(ImageKey Name) : IRequest<ImageKey?>;

internal sealed class FindV5ImageHandler(IV5Images images) : IRequestHandler<FindV5Image, ImageKey?>
{
    public async Task<ImageKey?> Handle(FindV5Image request, CancellationToken cancellationToken) =>
        ImageKey.TryParse(await images.FindKeyAsync(request.Name.ToString(), cancellationToken), out ImageKey? key) ? key : null;
}

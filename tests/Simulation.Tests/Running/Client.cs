using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Clean;
using ImageBackend.Application.Images.Delete;
using ImageBackend.Application.Images.Publish;
using ImageBackend.Application.Images.Recrop;
using ImageBackend.Application.Images.Regenerate;
using ImageBackend.Application.Images.Rotate;
using ImageBackend.Application.Images.Upload;
using ImageBackend.Application.Images.Verify;
using ImageBackend.Domain;
using ImageBackend.Simulation.Tests.Ports;
using ImageBackend.Simulation.Tests.Processes;
using ImageBackend.Simulation.Tests.Rules;
using ImageBackend.Simulation.Tests.Schedules;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace ImageBackend.Simulation.Tests.Running;

/// <summary>Sends one request to one process, as its endpoint or its console command does, and tells the rules of the answer.</summary>
internal sealed class Client(SimulatedProcess process, AnswerRules rules, Images images)
{
    public static readonly IReadOnlyList<CropArea?> Crops = [null, CropArea.Parse("800x600+100+50"), CropArea.Parse("1000x900+0+0")];

    public static readonly IReadOnlyList<Rotation> Rotations = [Rotation.Clockwise, Rotation.Half, Rotation.Counterclockwise];

    /// <summary>The variant of a verify that repairs nothing, since nothing must be left to repair.</summary>
    public const int OnlyLook = 2;

    public async Task SendAsync(SentRequest request, CancellationToken cancellationToken)
    {
        try
        {
            await (request.Operation.IsBatch ? BatchAsync(request, cancellationToken) : OneAsync(request, cancellationToken));
        }
        catch (Exception exception) // every answer is judged
        {
            process.World.Trace.Add($"{request} is answered with {exception.GetType().Name}");
            rules.Failed(request, exception);
            return;
        }

        process.World.Trace.Add($"{request} is answered");
    }

    private async Task OneAsync(SentRequest request, CancellationToken cancellationToken)
    {
        IMediator mediator = process.Mediator;
        string? key = request.Key?.ToString();
        int image = request.Operation.Image;
        switch (request.Operation.Kind)
        {
            case OperationKind.Upload or OperationKind.UploadBroken:
                using (ContentStream content = new(request.Text!))
                {
                    UploadedImage uploaded = await mediator.Send(new UploadImage(content), cancellationToken);
                    images.Add(image, uploaded.Key);
                    rules.Uploaded(request, uploaded);
                }

                break;
            case OperationKind.Publish:
                await mediator.Send(new PublishImage(key, request.Crop?.ToString()), cancellationToken);
                rules.Published(request);
                break;
            case OperationKind.Recrop:
                ImageKey cropped = await mediator.Send(new RecropImage(key, request.Crop?.ToString()), cancellationToken);
                images.Add(image, cropped);
                rules.Changed(request, cropped, request.Text!);
                break;
            case OperationKind.Rotate:
                Rotation rotation = Rotations[request.Operation.Variant % Rotations.Count];
                ImageKey turned = await mediator.Send(new RotateImage(key, $"{rotation.Degrees}"), cancellationToken);
                images.Add(image, turned);
                rules.Changed(request, turned, Picture.Turned(request.Text!, rotation));
                break;
            case OperationKind.Delete:
                await mediator.Send(new DeleteImages([key!]), cancellationToken);
                rules.Deleted(request);
                break;
        }
    }

    private async Task BatchAsync(SentRequest request, CancellationToken cancellationToken)
    {
        await foreach (ImageKey key in ListAsync(request.Operation.Kind, cancellationToken))
        {
            try
            {
                await OneOfBatchAsync(request, key, cancellationToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException) // one image must not stop the others
            {
                rules.FailedInBatch(request, key, exception);
            }
        }
    }

    private IAsyncEnumerable<ImageKey> ListAsync(OperationKind kind, CancellationToken cancellationToken) => kind switch
    {
        OperationKind.Clean => process.Services.GetRequiredService<ExpiredUploads>().ListAsync(Product.TimeToLive, cancellationToken),
        OperationKind.Verify => process.Services.GetRequiredService<ImagesToVerify>().ListAsync(cancellationToken),
        _ => OriginalsAsync(cancellationToken),
    };

    private async IAsyncEnumerable<ImageKey> OriginalsAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (ListedImage image in process.Services.GetRequiredService<ImageStores>().Active.ListAsync(cancellationToken))
        {
            if (process.World.Ledger.Set.IsOriginal(image.Key))
            {
                yield return image.Key;
            }
        }
    }

    private Task OneOfBatchAsync(SentRequest request, ImageKey key, CancellationToken cancellationToken) => request.Operation.Kind switch
    {
        OperationKind.Clean => process.Mediator.Send(new RemoveExpiredUpload(key, Product.TimeToLive), cancellationToken),
        OperationKind.Verify => VerifyAsync(request, key, cancellationToken),
        _ => process.Mediator.Send(
            new RegenerateThumbnails(key) { Selection = new ThumbnailSelection { UpToDate = request.Operation.Variant == 1 } }, cancellationToken),
    };

    private async Task VerifyAsync(SentRequest request, ImageKey key, CancellationToken cancellationToken)
    {
        VerifyImage verify = new(key) { Repair = request.Operation.Variant != OnlyLook, Decode = request.Operation.Variant > 0 };
        Verdict verdict = await process.Mediator.Send(verify, cancellationToken);
        // An upload that failed half-way expires; nobody was told of it.
        if (!verify.Repair && verdict.Findings.Count > 0 && process.World.Active.Has(key))
        {
            process.World.Ledger.Violate("verify", $"after all is repaired: {string.Join(", ", verdict.Findings)}");
        }
    }
}

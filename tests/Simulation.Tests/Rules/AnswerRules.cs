using FluentValidation;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images.Upload;
using ImageBackend.Domain;
using ImageBackend.Simulation.Tests.Ports;
using ImageBackend.Simulation.Tests.Schedules;

namespace ImageBackend.Simulation.Tests.Rules;

/// <summary>What a client may be answered, and what must be so at that moment.</summary>
internal sealed class AnswerRules(Ledger ledger)
{
    public void Sent(SentRequest request)
    {
        if (request.Key is not { } key)
        {
            return;
        }

        ImageRecord record = ledger.RecordOf(key);
        Family family = ledger.FamilyOf(record.Text!);
        request.IsOfPublished = record.IsPublished;
        switch (request.Operation.Kind)
        {
            case OperationKind.Publish:
                (record.IsPublishSent, family.IsPublishSent) = (true, true);
                if (request.Crop is not null)
                {
                    // A publish of an image that is being turned sets the crop of what it becomes.
                    request.IsOnlyCrop = family.CropsUnderWay == 0 && family.ChangesUnderWay == 0;
                    request.CropsBefore = family.CropsSent++;
                    family.CropsUnderWay++;
                    record.IsCropCertain = false;
                }

                break;
            case OperationKind.Recrop:
                family.RecropsSent++;
                TimeSpan since = record.Changes.TryGetValue($"{request.Crop}", out (ImageKey Key, DateTimeOffset At) before) ? ledger.Clock.Now - before.At : TimeSpan.MaxValue;
                request.MadeBefore = since >= TimeSpan.Zero && since < TimeSpan.FromMinutes(50) ? before.Key : null;
                family.ChangesUnderWay++;
                break;
            case OperationKind.Rotate:
                family.RotatesSent++;
                family.ChangesUnderWay++;
                record.RemovalsSent++;
                break;
            case OperationKind.Delete:
                record.IsDeleteSent = family.IsDeleteSent = true;
                record.RemovalsSent++;
                break;
        }
    }

    /// <summary>The process ended, or the client left: nobody knows what was done.</summary>
    public void Lost(SentRequest request) => End(request, isAnswered: false);

    public void Uploaded(SentRequest request, UploadedImage answer)
    {
        ImageRecord record = ledger.RecordOf(answer.Key);
        (record.IsUpload, record.IsAnswered) = (true, true);
        if (Picture.IsBroken(request.Text!))
        {
            ledger.Violate("I4", $"{request} was accepted");
        }

        if (record.MayHaveExpired)
        {
            return;
        }

        if (!ledger.IsWhole(ledger.Incoming, answer.Key, out string lacking))
        {
            ledger.Violate("I1", $"{request} was answered, and incoming lacks {lacking}");
        }
        else if (ledger.Incoming.Find(answer.Key)!.Text != request.Text || answer.Bytes != request.Text!.Length || answer.Thumbnails.Count != ledger.Set.Specs.Count)
        {
            ledger.Violate("I1", $"{request} was answered, and is stored differently");
        }
    }

    public void Published(SentRequest request)
    {
        ImageRecord record = ledger.RecordOf(request.Key!);
        record.IsPublished = true;
        CheckIsHere(request, record);
        End(request, isAnswered: true);
    }

    /// <param name="made">The new image.</param>
    /// <param name="text">Its content, as it must be.</param>
    public void Changed(SentRequest request, ImageKey made, string text)
    {
        ImageRecord record = ledger.RecordOf(made);
        bool isAgain = record.RemovalsSent > 0;
        (record.IsAnswered, record.IsPublished, record.IsUnclear) = (true, true, record.IsUnclear || isAgain);
        if (!isAgain && (record.Text ?? text) != text)
        {
            ledger.Violate("content", $"{request} made {made}, which is '{record.Text}', not '{text}'");
        }

        if (request.Operation.Kind == OperationKind.Rotate)
        {
            ledger.RecordOf(request.Key!).IsRemoved = true;
        }

        // Two that make one image at the same time can't tell whether a delete of the old one came before the first of them was answered.
        record.IsUnclear |= ledger.FamilyOf(text).ChangesUnderWay > 1;
        CheckIsSame(request, made);
        CheckIsHere(request, record);
        End(request, isAnswered: true);
    }

    // I8: within the hour the same recrop is answered with the same name, unless a result was changed since: then each makes its own. Not
    // where a write has an ETag of its own, as in folders: there a second publish at the same time makes another content of the same picture.
    private void CheckIsSame(SentRequest request, ImageKey made)
    {
        if (request.Operation.Kind != OperationKind.Recrop || !ledger.TagsContent)
        {
            return;
        }

        Dictionary<string, (ImageKey Key, DateTimeOffset At)> changes = ledger.RecordOf(request.Key!).Changes;
        string change = $"{request.Crop}";
        if (request.MadeBefore is { } before && before != made && ledger.FamilyOf(request.Text!) is { IsRemovalSent: false, CropsSent: 0 })
        {
            ledger.Violate("I8", $"{request} made {made}, and {before} before");
        }

        changes[change] = (made, ledger.Clock.Now);
    }

    public void Deleted(SentRequest request)
    {
        ImageRecord record = ledger.RecordOf(request.Key!);
        record.IsRemoved = true;
        record.MayBeRevived &= ledger.Active.Has(record.Key);
    }

    public void Failed(SentRequest request, Exception exception)
    {
        End(request, isAnswered: false);
        switch (exception)
        {
            case OperationCanceledException when request.HadFault:
            case StorageException when request.HadFault:
            case BusyException:
                break;
            case InvalidImageException when request.Text is not null && Picture.IsBroken(request.Text):
                CheckIsRefused(request);
                break;
            case ImageNotFoundException when request.Key is not null:
                CheckIsMissing(request);
                break;
            case InvalidImageException or ValidationException:
                ledger.Violate("refused", $"{request} was refused: {exception.Message}");
                break;
            default:
                ledger.Violate("I9", $"{request} met {exception.GetType().Name}{(request.HadFault ? "" : ", though there was no fault")}: {exception.Message}");
                break;
        }
    }

    /// <summary>One image of a batch failed.</summary>
    public void FailedInBatch(SentRequest request, ImageKey key, Exception exception)
    {
        if (exception is not (ImageNotFoundException or BusyException) && !(exception is StorageException && request.HadFault))
        {
            ledger.Violate("batch", $"{request} met {exception.GetType().Name} at {key}: {exception.Message}");
        }
    }

    // I2
    private void CheckIsHere(SentRequest request, ImageRecord record)
    {
        if (record.RemovalsSent == 0 && !record.IsUnclear && !ledger.IsWhole(ledger.Active, record.Key, out string lacking))
        {
            ledger.Violate("I2", $"{request} was answered, and active lacks {lacking}");
        }
    }

    private void CheckIsRefused(SentRequest request)
    {
        if (!request.HadFault && ledger.Incoming.All.Concat(ledger.Active.All).Any(one => one.Value.Text.Contains(request.Text!, StringComparison.Ordinal)))
        {
            ledger.Violate("I4", $"{request} was refused, and something of it is stored");
        }
    }

    // I8 and I9: "not found" is said only of what may be gone.
    private void CheckIsMissing(SentRequest request)
    {
        ImageRecord record = ledger.RecordOf(request.Key!);
        bool isPublish = request.Operation.Kind == OperationKind.Publish;
        bool mustBeThere = request.IsOfPublished || (isPublish && !record.MayHaveExpired);
        // A rotate is itself a removal.
        int removals = record.RemovalsSent - (request.Operation.Kind == OperationKind.Rotate ? 1 : 0);
        if (mustBeThere && removals == 0 && !record.IsUnclear)
        {
            ledger.Violate("not found", $"{request} was answered with not found, and nobody removed it");
        }
    }

    private void End(SentRequest request, bool isAnswered)
    {
        if (request.Key is not { } key)
        {
            return;
        }

        ImageRecord record = ledger.RecordOf(key);
        Family family = ledger.FamilyOf(record.Text!);
        if (request.Operation.Kind is OperationKind.Recrop or OperationKind.Rotate)
        {
            family.ChangesUnderWay--;
        }
        else if (request is { Operation.Kind: OperationKind.Publish, Crop: not null })
        {
            family.CropsUnderWay--;
            family.IsCropUnclear |= !isAnswered;
            record.IsCropCertain = isAnswered && request.IsOnlyCrop && family.CropsSent == request.CropsBefore + 1 && family is { ChangesUnderWay: 0, IsCropUnclear: false };
            record.Crop = request.Crop;
        }
    }
}

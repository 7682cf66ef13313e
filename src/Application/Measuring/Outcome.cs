using FluentValidation;
using ImageBackend.Application.Abstractions;

namespace ImageBackend.Application.Measuring;

/// <summary>How something ended, as a label: one of a few words, those of the HTTP answers.</summary>
public static class Outcome
{
    public const string Ok = "ok";
    public const string Failed = "internal";

    public static string Of(Exception exception) => exception switch
    {
        InvalidImageException invalid => invalid.Code,
        ValidationException validation => validation.Errors.First().ErrorCode,
        ImageNotFoundException => "unknown_image",
        BusyException => "busy",
        StorageException { IsFull: true } => "storage_full",
        StorageException => "storage_unavailable",
        OperationCanceledException => "cancelled",
        _ => Failed,
    };
}
